import type { Statement, When } from "./statements.ts";
import type { Token } from "./tokens.ts";

/** What an import statement, or a call that stands for one, names. */
export interface Import {
  /** Dots before the name: 0 for an absolute import. */
  readonly level: number;
  /** Dotted; empty in `from . import name`. */
  readonly module: string;
  /** What `from` takes out of it, `*` too; empty for `import module`. */
  readonly names: readonly string[];
  readonly when: When;
  /** Counted from 1. */
  readonly line: number;
}

/** An alias that a statement gives: `from importlib import import_module as load`. */
export interface Alias {
  readonly name: string;
  readonly stands: string;
}

export interface ReadImports {
  readonly imports: readonly Import[];
  readonly aliases: readonly Alias[];
}

/** Splits at commas; parentheses and comments have no meaning between names. */
function clauses(tokens: readonly Token[]): Token[][] {
  const all: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "op" && token.text === ",") all.push([]);
    else if (token.kind === "name" || token.text === "*" || token.text === ".") all.at(-1)?.push(token);
  }
  return all.filter((clause) => clause.length > 0);
}

function dottedName(clause: readonly Token[]): { name: string; alias: string | null } {
  const as = clause.findIndex((token) => token.text === "as");
  const name = (as === -1 ? clause : clause.slice(0, as)).map((token) => token.text).join("");
  return { name, alias: as === -1 ? null : (clause[as + 1]?.text ?? null) };
}

function aliasesOf(clause: readonly { name: string; alias: string | null }[]): Alias[] {
  return clause.flatMap(({ name, alias }) => (alias === null ? [] : [{ name: alias, stands: name }]));
}

function readImport({ tokens, when }: Statement): ReadImports {
  const line = tokens[0]?.line ?? 1;
  const modules = clauses(tokens.slice(1)).map(dottedName);
  return {
    imports: modules.map(({ name }) => ({ level: 0, module: name, names: [], when, line })),
    aliases: aliasesOf(modules),
  };
}

function readFrom({ tokens, when }: Statement): ReadImports | null {
  const at = tokens.findIndex((token) => token.kind === "name" && token.text === "import");
  if (at === -1) return null;
  const from = tokens
    .slice(1, at)
    .map((token) => token.text)
    .join("");
  const level = /^\.*/.exec(from)?.[0].length ?? 0;
  const names = clauses(tokens.slice(at + 1)).map(dottedName);
  const line = tokens[0]?.line ?? 1;
  return {
    imports: [{ level, module: from.slice(level), names: names.map(({ name }) => name), when, line }],
    aliases: aliasesOf(names),
  };
}

/** What a statement imports; `null` when it is no import statement. */
export function readImportStatement(statement: Statement): ReadImports | null {
  const [first] = statement.tokens;
  if (first?.kind !== "name") return null;
  if (first.text === "import") return readImport(statement);
  return first.text === "from" ? readFrom(statement) : null;
}
