/** Where a string literal's body begins, and how it is written. */
export interface StringStart {
  /** Index of the first character of the body. */
  readonly body: number;
  readonly quote: string;
  readonly isRaw: boolean;
  /** An f-string, or a template string (PEP 750). */
  readonly hasFields: boolean;
}

/** Prefixes of string literals in every letter case and order (Python's language reference, 2.4.1; PEP 750). */
const START = /(?<prefix>[bB][rR]?|[rR][bBfFtT]?|[fFtT][rR]?|[uU])?(?<quote>"""|'''|"|')/y;

/** The string literal that begins at `index`, if one does. */
export function stringStart(text: string, index: number): StringStart | null {
  START.lastIndex = index;
  const match = START.exec(text);
  if (match === null) return null;
  const { prefix = "", quote = "" } = match.groups ?? {};
  return {
    body: START.lastIndex,
    quote,
    isRaw: /r/i.test(prefix),
    hasFields: /[ft]/i.test(prefix),
  };
}

const PLAIN_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["\n", ""],
]);

/** The value of a literal's body. Escapes by number or name stay as they are: no module's name is written with them. */
export function unescaped(body: string, isRaw: boolean): string {
  if (isRaw || !body.includes("\\")) return body;
  return body.replace(/\\(\r\n|[\s\S])/g, (whole, next: string) =>
    next === "\r\n" ? "" : (PLAIN_ESCAPES.get(next) ?? whole),
  );
}
