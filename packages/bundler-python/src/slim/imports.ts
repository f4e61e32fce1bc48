import { wordBefore } from "./word-before.ts";

/** A module that a source names: by an import, or anywhere else in a dotted name. */
export interface Mention {
  /** Dots before it: 0 for an absolute name. */
  readonly level: number;
  readonly module: readonly string[];
  /** Of `from module import names`: each may be a module below it. */
  readonly names: readonly string[];
}

/** Statements at the start of a line, or behind `;` or `:`; those in functions are found, too. */
const FROM =
  /(?:^|[;:])[ \t]*from[ \t]+(\.*)[ \t]*((?:\w[\w.]*)?)[ \t]+import[ \t]*(\([^)]*\)|[^\n;\\]*(?:\\\r?\n[^\n;\\]*)*)/gm;
const IMPORT = /(?:^|[;:])[ \t]*import[ \t]+([^\n;#\\]*(?:\\\r?\n[^\n;#\\]*)*)/gm;

/** What folders of tests and benchmarks are called. */
export const FOLDER = "tests?|benchmarks|asv_bench|SelfTest";
/** No dotted name is longer; a text of one long word must not cost the square of its length. */
const LONGEST_NAME = 200;
const DOTTED = new RegExp(`\\.(?:${FOLDER})\\b[\\w.]{0,${LONGEST_NAME}}`, "g");

function segments(dotted: string): string[] {
  return dotted.split(".").filter((segment) => segment !== "");
}

/** `(a as b, c)` without what is not a name. */
function namesOf(list: string): string[] {
  const plain = list.replace(/[()\\]/g, " ");
  return plain.split(",").flatMap((each) => /^\s*([\w.]+)/.exec(each)?.[1] ?? []);
}

function findImports(text: string): Mention[] {
  const from = [...text.matchAll(FROM)].map(([, dots = "", module = "", names = ""]) => ({
    level: dots.length,
    module: segments(module),
    names: namesOf(names),
  }));
  const plain = [...text.matchAll(IMPORT)].flatMap(([, list = ""]) =>
    namesOf(list).map((name) => ({ level: 0, module: segments(name), names: [] })),
  );
  return [...from, ...plain];
}

/** Dotted names with a test folder in them, as in `import_module("pandas.tests.extension.base")`. */
function findDotted(text: string): Mention[] {
  return [...text.matchAll(DOTTED)].map((match) => {
    const before = wordBefore(text, match.index, LONGEST_NAME);
    const name = before + match[0];
    return { level: /^\.*/.exec(name)?.[0].length ?? 0, module: segments(name), names: [] };
  });
}

/** Every module that a source imports, and every name in it that leads through a folder of tests. */
export function findMentions(text: string): readonly Mention[] {
  return [...findImports(text), ...findDotted(text)];
}

const IN_FOLDER = new RegExp(`\\b(${FOLDER})["']?\\s*[,/]\\s*[rf]?["']?([\\w.-]+)`, "g");

/** Paths into test folders, as `"tests/data"` and `join("tests", "data")` are: the folder with the next segment. */
export function findPaths(text: string): readonly string[] {
  return [...text.matchAll(IN_FOLDER)].map(([, folder = "", next = ""]) => `${folder}/${next}`);
}

/**
 * The paths, without extension, that a mention may stand for: the module, the packages above it, and the names below it.
 *
 * @param file - path of the source, from the folder that imports start from
 */
export function placesOf({ level, module, names }: Mention, file: string): string[] {
  const above = level === 0 ? [] : file.split("/").slice(0, -level);
  const own = [...above, ...module];
  const packages = own.map((_, index) => own.slice(0, index + 1).join("/"));
  return [...packages, ...names.map((name) => [...own, ...segments(name)].join("/"))];
}
