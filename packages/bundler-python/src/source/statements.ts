import type { Token } from "./tokens.ts";

/**
 * When a statement is carried out: as the module is loaded; perhaps, as in `try` or `if`; late, in a function; or never on Lambda, as
 * below `if TYPE_CHECKING` and `if __name__ == "__main__"`.
 */
export type When = "load" | "perhaps" | "late" | "never";

/** A simple statement, or the head of a compound one. */
export interface Statement {
  readonly tokens: readonly Token[];
  readonly when: When;
}

const COMPOUND: ReadonlySet<string> = new Set([
  ..."if elif else try except finally for while with def class async match case".split(" "),
]);

interface Block {
  readonly indent: number;
  readonly when: When;
}

const ORDER: readonly When[] = ["load", "perhaps", "late", "never"];

function later(a: When, b: When): When {
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;
}

function isNever(condition: readonly Token[]): boolean {
  const text = condition.map((token) => (token.kind === "string" ? `"${token.text}"` : token.text)).join("");
  return /^(?:\w+\.)?TYPE_CHECKING$|^__name__=="__main__"$|^"__main__"==__name__$/.test(text);
}

function whenOf(head: readonly Token[]): When {
  const word = head[0]?.text === "async" ? head[1]?.text : head[0]?.text;
  if (word === "def") return "late";
  if (word === "class") return "load";
  return word === "if" && isNever(head.slice(1)) ? "never" : "perhaps";
}

/** Index of the colon that ends the head of a compound statement, or -1: lambdas at the same depth have colons of their own. */
function endOfHead(line: readonly Token[]): number {
  let lambdas = 0;
  return line.findIndex((token) => {
    if (token.depth > 0) return false;
    if (token.kind === "name" && token.text === "lambda") lambdas++;
    return token.kind === "op" && token.text === ":" && lambdas-- === 0;
  });
}

function* simpleStatements(tokens: readonly Token[], when: When): Generator<Statement> {
  let start = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "op" || token.text !== ";" || token.depth > 0) continue;
    yield { tokens: tokens.slice(start, index), when };
    start = index + 1;
  }
  if (start < tokens.length) yield { tokens: tokens.slice(start), when };
}

function* logicalLines(tokens: readonly Token[]): Generator<readonly Token[]> {
  let start = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "newline") continue;
    if (index > start) yield tokens.slice(start, index);
    start = index + 1;
  }
}

/** The statements of a module in their order, each with when it is carried out. */
export function* statementsOf(tokens: readonly Token[]): Generator<Statement> {
  let blocks: Block[] = [];
  for (const line of logicalLines(tokens)) {
    const [first] = line;
    if (first === undefined) continue;
    blocks = blocks.filter((block) => block.indent < first.indent);
    const when = blocks.at(-1)?.when ?? "load";
    const isCompound = first.kind === "name" && COMPOUND.has(first.text);
    const end = isCompound ? endOfHead(line) : -1;
    if (end === -1) {
      yield* simpleStatements(line, when);
      continue;
    }
    const head = line.slice(0, end);
    const inside = later(when, whenOf(head));
    yield { tokens: head, when };
    yield* simpleStatements(line.slice(end + 1), inside);
    blocks.push({ indent: first.indent, when: inside });
  }
}
