/** What one logical line of a requirements file says. A line of options may say several things. */
export type Statement =
  | {
      readonly type: "requirement";
      readonly text: string;
      readonly editable: boolean;
      /** As written: `sha256:…`. */
      readonly hashes: readonly string[];
    }
  | { readonly type: "include"; readonly path: string; readonly constraint: boolean }
  | { readonly type: "option"; readonly name: OptionName; readonly value: string };

/** Options of pip that say something here, by their long names. */
export type OptionName =
  | "index-url"
  | "extra-index-url"
  | "find-links"
  | "no-index"
  | "no-binary"
  | "only-binary"
  | "pre"
  | "require-hashes"
  | "trusted-host"
  /** One that only concerns how pip builds or installs. */
  | "other";

/** From pip's `cmdoptions.py`; `null` as name: said by another kind of statement. */
const VALUED: Readonly<Record<string, OptionName | null>> = {
  "-i": "index-url",
  "--index-url": "index-url",
  "--pypi-url": "index-url",
  "--extra-index-url": "extra-index-url",
  "-f": "find-links",
  "--find-links": "find-links",
  "--no-binary": "no-binary",
  "--only-binary": "only-binary",
  "--trusted-host": "trusted-host",
  "--use-feature": "other",
  "-C": "other",
  "--config-setting": "other",
  "--config-settings": "other",
  "--global-option": "other",
  "--install-option": "other",
  "-r": null,
  "--requirement": null,
  "-c": null,
  "--constraint": null,
  "-e": null,
  "--editable": null,
  "--hash": null,
};

const FLAGS: Readonly<Record<string, OptionName>> = {
  "--no-index": "no-index",
  "--pre": "pre",
  "--require-hashes": "require-hashes",
  "--prefer-binary": "other",
  "--use-wheel": "other",
  "--no-use-wheel": "other",
  "--process-dependency-links": "other",
  "--always-unzip": "other",
  "-Z": "other",
};

/**
 * @param line - without comments, with variables filled in
 * @returns `null` for an option that pip does not know, or one without its value
 */
export function parseLine(line: string): Statement[] | null {
  const words = line.split(/\s+/);
  const first = words.findIndex((word) => word.startsWith("-"));
  const requirement = (first === -1 ? words : words.slice(0, first)).join(" ");
  const options = first === -1 ? [] : readOptions(splitWords(words.slice(first).join(" ")));
  if (options === null) return null;
  const valuesOf = (...names: string[]): string[] =>
    options.filter((option) => names.includes(option.flag)).map((option) => option.value);
  const hashes = valuesOf("--hash");
  const statements: Statement[] = [];
  // Beside a requirement, pip takes nothing but what is about that requirement.
  if (requirement !== "") return [{ type: "requirement", text: requirement, editable: false, hashes }];
  for (const text of valuesOf("-e", "--editable"))
    statements.push({ type: "requirement", text, editable: true, hashes });
  for (const path of valuesOf("-r", "--requirement"))
    statements.push({ type: "include", path, constraint: false });
  for (const path of valuesOf("-c", "--constraint"))
    statements.push({ type: "include", path, constraint: true });
  for (const { name, value } of options) if (name !== null) statements.push({ type: "option", name, value });
  return statements.length === 0 ? null : statements;
}

interface Option {
  readonly flag: string;
  readonly name: OptionName | null;
  readonly value: string;
}

function readOptions(words: readonly string[]): Option[] | null {
  const options: Option[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [flag, attached] = splitOption(word);
    const simple = FLAGS[flag];
    if (simple !== undefined && attached === null) {
      options.push({ flag, name: simple, value: "" });
      continue;
    }
    const name = VALUED[flag];
    const value = attached ?? words[++at];
    if (name === undefined || value === undefined)
      return isMarker(word) && options.length > 0 ? options : null;
    options.push({ flag, name, value });
  }
  return options;
}

/** `-e PATH ; marker`: pip takes the marker for a word too many, and passes it over. */
function isMarker(word: string): boolean {
  return word.startsWith(";");
}

/** `--hash=X`, `-rX` and `-r=X` hold their value. */
function splitOption(word: string): [flag: string, value: string | null] {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    return equals === -1 ? [word, null] : [word.slice(0, equals), word.slice(equals + 1)];
  }
  return word.length > 2 ? [word.slice(0, 2), word.slice(2).replace(/^=/, "")] : [word, null];
}

/** Words as a shell splits them, quotes taken off. */
function splitWords(text: string): string[] {
  const words = text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single ?? ""),
  );
}
