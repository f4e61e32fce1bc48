/** A part of a lockfile as it was parsed: checked where it is read, since anything may stand in a file. */
export type Table = Readonly<Record<string, unknown>>;

export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An empty table for what is none. */
export function tableOf(value: unknown): Table {
  return isTable(value) ? value : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Texts by name; everything else in it is left out. */
export function textsOf(value: unknown): Record<string, string> {
  const texts = Object.entries(tableOf(value)).filter((entry): entry is [string, string] => {
    return typeof entry[1] === "string";
  });
  return Object.fromEntries(texts);
}

/** A list of texts, which may be written as one text; `null` for none. */
export function listOf(value: unknown): readonly string[] | null {
  const list = [value].flat().filter((item): item is string => typeof item === "string");
  return list.length === 0 ? null : list;
}

/** `@scope/name@rest` as its two parts; the rest is empty when there is none. */
export function splitAt(text: string): readonly [name: string, rest: string] {
  const at = text.indexOf("@", 1);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
