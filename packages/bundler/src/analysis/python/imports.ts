/** An import in one of the repository's own sources. */
export interface OwnImport {
  /** Path in the zip. */
  readonly file: string;
  /** Dotted; what `from` takes out of a module counts as one below it. */
  readonly module: string;
}

const IMPORT = /^[ \t]*import[ \t]+([\w., \t]+)/gm;
const FROM = /^[ \t]*from[ \t]+([\w][\w.]*)[ \t]+import[ \t]+(?:\(([^)]*)\)|([\w., \t]+))/gm;

function names(list: string): string[] {
  return list
    .replace(/#.*$/gm, "")
    .split(",")
    .map((each) => each.trim().split(/\s+as\s+/)[0] ?? "")
    .filter((name) => /^[\w.]+$/.test(name));
}

/** The modules that a Python source imports by an absolute name. What stands in its texts may be among them: it only explains. */
export function importsIn(file: string, text: string): OwnImport[] {
  const whole = [...text.matchAll(IMPORT)].flatMap(([, list = ""]) => names(list));
  const parts = [...text.matchAll(FROM)].flatMap(([, module = "", inner, line]) => [
    ...names(inner ?? line ?? "").map((name) => `${module}.${name}`),
    module,
  ]);
  return [...new Set([...whole, ...parts])].map((module) => ({ file, module }));
}
