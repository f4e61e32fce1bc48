import { decodeSource } from "./decode-source.ts";
import { type ComputedImport, readCalls } from "./import-calls.ts";
import { type Import, readImportStatement } from "./import-statements.ts";
import { type Statement, statementsOf } from "./statements.ts";
import { tokenize } from "./tokenize.ts";
import type { Token } from "./tokens.ts";

/** What a Python source says about the modules and files that it needs. */
export interface ModuleScan {
  readonly imports: readonly Import[];
  readonly computed: readonly ComputedImport[];
  /** Texts of string literals that may name a module: `shop.plugins.csv`, `shop.app:main`. */
  readonly mentions: readonly string[];
  /** Texts of string literals that may be part of a path; `isPath` when they stand where paths do. */
  readonly literals: readonly { readonly text: string; readonly isPath: boolean }[];
  /** Names that may be bound in the module; `null` when code in it can bind any. */
  readonly names: ReadonlySet<string> | null;
  /** Functions and classes at its top, in their order. */
  readonly definitions: readonly string[];
  /** Whether it changes how modules below its package are found. */
  readonly extendsImport: boolean;
}

const MENTION = /^[^\W\d]\w*(?:\.[^\W\d]\w*)+(?::[^\W\d]\w*)?$|^[^\W\d]\w*:[^\W\d]\w*$/u;
const PATH_WORDS: ReadonlySet<string> = new Set([
  ..."__file__ open Path PurePath join joinpath files get_data read_text read_binary open_text".split(" "),
  ..."open_binary resource_filename resource_string FileSystemLoader PackageLoader listdir scandir glob".split(
    " ",
  ),
]);
const BINDS_ANY: ReadonlySet<string> = new Set("globals vars setattr exec __getattr__ __dict__".split(" "));
const EXTENDS: ReadonlySet<string> = new Set("__path__ extend_path meta_path modules".split(" "));

function isOf(words: ReadonlySet<string>): (token: Token) => boolean {
  return (token) => token.kind === "name" && words.has(token.text);
}

function literalsOf({ tokens }: Statement): { text: string; isPath: boolean }[] {
  const isPathStatement = tokens.some(isOf(PATH_WORDS));
  return tokens.flatMap((token, index) => {
    if (token.kind !== "string" || token.text === "" || token.text.length > 300 || token.computed) return [];
    return [{ text: token.text, isPath: isPathStatement || tokens[index - 1]?.text === "/" }];
  });
}

function boundNames(tokens: readonly Token[], imports: readonly Import[]): ReadonlySet<string> | null {
  if (tokens.some(isOf(BINDS_ANY)) || imports.some((each) => each.names.includes("*"))) return null;
  const isPlain = (token: Token, index: number): boolean =>
    token.kind === "name" && tokens[index - 1]?.text !== ".";
  return new Set(tokens.filter(isPlain).map((token) => token.text));
}

function definitionOf({ tokens }: Statement): string[] {
  const words = tokens.slice(0, 3).map((token) => token.text);
  const at = words[0] === "async" ? 1 : 0;
  const isTop = tokens[0]?.indent === 0;
  return isTop && words[at] === "def" ? [words[at + 1] ?? ""] : [];
}

/** Reads the source of a module. Never fails, whatever it is. */
export function scanModule(bytes: Uint8Array): ModuleScan {
  const tokens = tokenize(decodeSource(bytes));
  const statements = [...statementsOf(tokens)];
  const read = statements.map(readImportStatement);
  const aliases = new Map(
    read.flatMap((each) => each?.aliases ?? []).map((alias) => [alias.name, alias.stands]),
  );
  const calls = statements.filter((_, index) => read[index] === null).map((each) => readCalls(each, aliases));
  const imports = [...read.flatMap((each) => each?.imports ?? []), ...calls.flatMap((call) => call.imports)];
  const literals = statements.flatMap(literalsOf);
  return {
    imports,
    computed: calls.flatMap((call) => call.computed),
    mentions: [
      ...literals.map(({ text }) => text).filter((text) => MENTION.test(text)),
      ...calls.flatMap((call) => call.packages),
    ],
    literals,
    names: boundNames(tokens, imports),
    definitions: statements.flatMap(definitionOf),
    extendsImport: tokens.some(isOf(EXTENDS)),
  };
}
