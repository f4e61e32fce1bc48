import type { Import } from "./import-statements.ts";
import type { Statement, When } from "./statements.ts";
import type { Token } from "./tokens.ts";

/** An import by a name that only running the module tells. */
export interface ComputedImport {
  /** As `import_module`. */
  readonly call: string;
  /** What the name begins with, when that is a whole package: `plugins` of `f"plugins.{name}"`. */
  readonly within: string | null;
  /** Counted from 1. */
  readonly line: number;
}

/** Functions whose first argument is the name of a module that they load. */
const LOADERS: ReadonlySet<string> = new Set(["import_module", "__import__", "run_module"]);
/** Functions that load, or list, whatever stands in a place. */
const FINDERS: ReadonlySet<string> = new Set([
  ..."iter_modules walk_packages run_path spec_from_file_location SourceFileLoader".split(" "),
]);
/** Functions whose first argument is the name of a package that they read files of. */
const READERS: ReadonlySet<string> = new Set([
  ..."files read_text read_binary open_text open_binary get_data".split(" "),
  ..."resource_filename resource_string resource_stream PackageLoader".split(" "),
]);

const DOTTED = /^\.*[^\W\d]\w*(?:\.[^\W\d]\w*)*$/u;

export interface ReadCalls {
  readonly imports: readonly Import[];
  /** Packages that files are read of. */
  readonly packages: readonly string[];
  readonly computed: readonly ComputedImport[];
}

interface Call {
  readonly name: string;
  readonly token: Token;
  /** The tokens of its first argument. */
  readonly argument: readonly Token[];
}

function firstArgument(tokens: readonly Token[], open: number): readonly Token[] {
  const depth = (tokens[open]?.depth ?? 0) + 1;
  const end = tokens.findIndex(
    (token, index) =>
      index > open &&
      (token.depth < depth || (token.depth === depth && token.kind === "op" && token.text === ",")),
  );
  return tokens.slice(open + 1, end === -1 ? tokens.length : end);
}

function* callsIn(tokens: readonly Token[], aliases: ReadonlyMap<string, string>): Generator<Call> {
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token.kind !== "name" || next?.kind !== "op" || next.text !== "(") continue;
    const before = tokens[index - 1]?.text;
    if (before === "def" || before === "class") continue;
    const name = before === "." ? token.text : (aliases.get(token.text) ?? token.text);
    yield { name, token, argument: firstArgument(tokens, index + 1) };
  }
}

/** A package that a name written as `f"plugins.{name}"` or `"plugins." + name` begins with. */
function packageBefore(argument: readonly Token[]): string | null {
  const [first] = argument;
  if (first?.kind !== "string") return null;
  const isPrefix = first.computed || argument[1]?.text === "+";
  const stem = isPrefix ? first.text : (/^[^%{]*/.exec(first.text)?.[0] ?? "");
  const name = stem.slice(0, Math.max(0, stem.lastIndexOf(".")));
  return DOTTED.test(name) ? name : null;
}

function literalOf(argument: readonly Token[]): string | null {
  const value = argument[0]?.text === "name" && argument[1]?.text === "=" ? argument.slice(2) : argument;
  const [first] = value;
  if (first === undefined || first.computed || value.some((token) => token.kind !== "string")) return null;
  return value.map((token) => token.text).join("");
}

function runsText(call: Call, before: string | undefined): boolean {
  if (call.name !== "exec" || before === ".") return false;
  return call.argument.some((token) => /^(?:open|compile|read|read_text|Path)$/.test(token.text));
}

/** What calls in a statement import: by a literal name, or by one that is computed. */
export function readCalls(statement: Statement, aliases: ReadonlyMap<string, string>): ReadCalls {
  const imports: Import[] = [];
  const packages: string[] = [];
  const computed: ComputedImport[] = [];
  const { tokens, when } = statement;
  for (const call of callsIn(tokens, aliases)) {
    const literal = literalOf(call.argument);
    const name = literal !== null && DOTTED.test(literal) ? literal : null;
    if (READERS.has(call.name) && name !== null) packages.push(name);
    else if (LOADERS.has(call.name) && name !== null) imports.push(importBy(call, name, when));
    else if (when !== "never" && isComputed(call, literal, tokens)) {
      computed.push({
        call: call.name,
        within: LOADERS.has(call.name) ? packageBefore(call.argument) : null,
        line: call.token.line,
      });
    }
  }
  return { imports, packages, computed };
}

function importBy(call: Call, name: string, when: When): Import {
  const level = /^\.*/.exec(name)?.[0].length ?? 0;
  // It may well be prepared for a name that is not there.
  const due = when === "load" ? "perhaps" : when;
  return { level, module: name.slice(level), names: [], when: due, line: call.token.line };
}

function isComputed(call: Call, literal: string | null, tokens: readonly Token[]): boolean {
  if (LOADERS.has(call.name)) return literal === null && call.argument.length > 0;
  return FINDERS.has(call.name) || runsText(call, tokens[tokens.indexOf(call.token) - 1]?.text);
}
