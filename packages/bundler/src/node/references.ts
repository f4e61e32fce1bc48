import { readFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { Loader } from "esbuild";

/** A file or folder that a source names relative to itself. */
export interface Reference {
  /** As written, with forward slashes: `./templates/mail.html`. */
  readonly path: string;
  /** The source, relative to the root. */
  readonly source: string;
  /** Counted from 1. */
  readonly line: number;
  /** Whether it is run as a worker: code, which would have to be bundled. */
  readonly worker: boolean;
}

const LOADERS: Readonly<Record<string, Loader>> = {
  ...{ ".js": "js", ".mjs": "js", ".cjs": "js", ".jsx": "jsx" },
  ...{ ".ts": "ts", ".mts": "ts", ".cts": "ts", ".tsx": "tsx" },
};

/** A text as esbuild prints it, and not one in a text: without quotes and escapes. */
const TEXT = String.raw`"([^"'\\\n]+)"`;
const MORE = String.raw`((?:,\s*${TEXT.replace(/[()]/g, "")}\s*)+)`;
const HERE = String.raw`__dirname|import\.meta\.dirname|(?:[\w$]+\.)?dirname\(\s*(?:[\w$]+\.)?fileURLToPath\(\s*import\.meta\.url\s*\)\s*\)`;

/** Names that a source gives to its own folder: `const here = dirname(fileURLToPath(import.meta.url))`. */
function namesOfFolder(text: string): string {
  const named = text.matchAll(new RegExp(String.raw`\b(?:const|let|var)\s+([\w$]+)\s*=\s*(?:${HERE});`, "g"));
  const names = [...named].map(([, name = ""]) => `${name.replaceAll("$", "\\$")}(?![\\w$])`);
  return [HERE, ...names].join("|");
}

interface Found {
  readonly path: string;
  readonly literal: string;
  readonly worker: boolean;
}

/** The file that a relative URL names; `null` for one of another kind. */
function pathOfUrl(url: string): string | null {
  if (/^[a-z][a-z\d+.-]*:|^[/#?]/i.test(url)) return null;
  try {
    return decodeURIComponent(url.replace(/[?#].*$/, ""));
  } catch {
    return null;
  }
}

function found(text: string): Found[] {
  const list: Found[] = [];
  const url = new RegExp(
    String.raw`(\bnew Worker\(\s*)?\bnew URL\(\s*${TEXT},\s*import\.meta\.url\s*\)`,
    "g",
  );
  for (const [, worker, literal = ""] of text.matchAll(url)) {
    const path = pathOfUrl(literal);
    if (path !== null) list.push({ path, literal, worker: worker !== undefined });
  }
  const folder = namesOfFolder(text);
  const joined = new RegExp(
    String.raw`(\bnew Worker\(\s*)?\b(?:[\w$]+\.)?(?:join|resolve)\(\s*(?:${folder})\s*${MORE}\)`,
    "g",
  );
  for (const [, worker, parts = ""] of text.matchAll(joined)) {
    const names = [...parts.matchAll(new RegExp(TEXT, "g"))].map(([, name = ""]) => name);
    if (names.some((name, index) => name.startsWith("/") && index === 0 && parts.includes("resolve")))
      continue;
    list.push({ path: names.join("/"), literal: names[0] ?? "", worker: worker !== undefined });
  }
  const added = new RegExp(
    String.raw`(?:\$\{(?:${folder})\}|(?:${folder})\s*\+\s*")(/[^"'${"`"}$\\\n]+)["'${"`"}]`,
    "g",
  );
  for (const [, path = ""] of text.matchAll(added))
    list.push({ path: `.${path}`, literal: path, worker: false });
  return list;
}

/** The source as esbuild prints it: without comments and types, in one spelling. `null` when it cannot. */
async function printed(file: string, text: string): Promise<string | null> {
  const loader = LOADERS[extname(file)];
  if (loader === undefined) return null;
  const { transform } = await import("esbuild");
  const options = {
    loader,
    legalComments: "none",
    charset: "utf8",
    logLevel: "silent",
    jsx: "preserve",
  } as const;
  return transform(text, options).then(
    ({ code }) => code,
    () => null,
  );
}

function lineOf(text: string, literal: string): number {
  const places = [`"${literal}"`, `'${literal}'`, `\`${literal}\``, literal].map((form) =>
    text.indexOf(form),
  );
  const at = places.find((place) => place >= 0) ?? 0;
  return text.slice(0, at).split("\n").length;
}

const known = new Map<string, { readonly text: string; readonly found: Promise<readonly Reference[]> }>();

/**
 * Finds the files and folders that a source of the repository names in text relative to itself:
 * `new URL("./a.html", import.meta.url)`, `join(__dirname, "a", "b.html")`, `join(import.meta.dirname, …)`, a constant that holds
 * the folder, and `${__dirname}/a.html`. What is put together from other values is not seen.
 *
 * @param source - relative to `root`, with forward slashes
 */
export async function referencesIn(root: string, source: string): Promise<readonly Reference[]> {
  const file = resolve(root, source);
  const text = ((): string => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return "";
    }
  })();
  if (!/\bimport\.meta\b|\b__dirname\b/.test(text)) return [];
  const before = known.get(file);
  if (before?.text === text) return before.found;
  const look = async (): Promise<readonly Reference[]> => {
    const code = await printed(file, text);
    const list = code === null ? [] : found(code);
    return list.map(({ path, literal, worker }) => ({ path, source, line: lineOf(text, literal), worker }));
  };
  const promise = look();
  known.set(file, { text, found: promise });
  return promise;
}
