import { markerErrors } from "./errors.ts";

export type Operator = "~=" | "==" | "!=" | "<=" | ">=" | "<" | ">" | "===" | "in" | "not in";

/** A side of a comparison: a variable of the environment, or a text in quotes. */
export type Operand =
  | { readonly variable: string; readonly text?: never }
  | { readonly text: string; readonly variable?: never };

/** A marker as a tree. */
export type Marker =
  | { readonly type: "and" | "or"; readonly parts: readonly Marker[] }
  | {
      readonly type: "compare";
      readonly left: Operand;
      readonly operator: Operator;
      readonly right: Operand;
    };

/** Variables of PEP 508 and PEP 751. */
const VARIABLES: ReadonlySet<string> = new Set([
  "os_name",
  "sys_platform",
  "platform_machine",
  "platform_python_implementation",
  "platform_release",
  "platform_system",
  "platform_version",
  "python_version",
  "python_full_version",
  "implementation_name",
  "implementation_version",
  "extra",
  "extras",
  "dependency_groups",
]);

/** Spellings from before PEP 508, which tools still read. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  "os.name": "os_name",
  "sys.platform": "sys_platform",
  "platform.version": "platform_version",
  "platform.machine": "platform_machine",
  "platform.python_implementation": "platform_python_implementation",
  python_implementation: "platform_python_implementation",
};

const TOKEN =
  /\s*(?:(\(|\))|"([^"]*)"|'([^']*)'|(not\s+in\b|in\b|===|~=|==|!=|<=|>=|<|>)|([A-Za-z_][\w.]*))\s*/y;

type Token =
  | { readonly type: "sign" | "operator" | "word"; readonly text: string }
  | { readonly type: "text"; readonly text: string };

/** Nesting that no marker has, and that would exhaust the stack. */
const DEEPEST = 100;

function tokenize(marker: string, fail: (reason: string) => Error): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < marker.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(marker);
    if (match === null) throw fail(`${JSON.stringify(marker.slice(at, at + 20))} is not expected`);
    const [, sign, double, single, operator, word] = match;
    const text = double ?? single;
    if (text !== undefined) tokens.push({ type: "text", text });
    else if (sign !== undefined) tokens.push({ type: "sign", text: sign });
    else if (operator !== undefined) tokens.push({ type: "operator", text: operator.replace(/\s+/, " ") });
    else tokens.push({ type: "word", text: word ?? "" });
  }
  return tokens;
}

/** A recursive descent over the grammar of PEP 508: `or` binds weakest, then `and`, then comparisons and brackets. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #fail: (reason: string) => Error;
  #at = 0;
  #depth = 0;

  constructor(marker: string, fail: (reason: string) => Error) {
    this.#tokens = tokenize(marker, fail);
    this.#fail = fail;
  }

  parse(): Marker {
    const marker = this.#chain("or", () => this.#chain("and", () => this.#atom()));
    const rest = this.#tokens[this.#at];
    if (rest !== undefined && this.#depth === 0)
      throw this.#fail(`${JSON.stringify(rest.text)} is not expected`);
    return marker;
  }

  #take(type: Token["type"], text?: string): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.type !== type || (text !== undefined && token.text !== text)) return undefined;
    this.#at += 1;
    return token.text;
  }

  #chain(word: "and" | "or", part: () => Marker): Marker {
    const first = part();
    const parts = [first];
    while (this.#take("word", word) !== undefined) parts.push(part());
    return parts.length === 1 ? first : { type: word, parts };
  }

  #atom(): Marker {
    if (this.#take("sign", "(") === undefined) return this.#comparison();
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#fail("its brackets are nested too deep");
    const inner = this.parse();
    if (this.#take("sign", ")") === undefined) throw this.#fail("a bracket is not closed");
    this.#depth -= 1;
    return inner;
  }

  #comparison(): Marker {
    const left = this.#operand();
    const operator = this.#take("operator");
    if (operator === undefined) throw this.#fail("a comparison lacks its operator");
    const right = this.#operand();
    if (left.variable === undefined && right.variable === undefined)
      throw this.#fail("a comparison names no variable");
    return { type: "compare", left, operator: operator as Operator, right };
  }

  #operand(): Operand {
    const text = this.#take("text");
    if (text !== undefined) return { text };
    const word = this.#take("word");
    if (word === undefined) throw this.#fail("a comparison lacks a side");
    const variable = OLD_NAMES[word] ?? word;
    if (!VARIABLES.has(variable)) throw this.#fail(`there is no variable ${word}`);
    return { variable };
  }
}

/**
 * Reads an environment marker (PEP 508, with the variables of PEP 751).
 *
 * @throws `SLUICE_PYTHON_MARKER_INVALID`
 */
export function parseMarker(marker: string, where?: string): Marker {
  return new Parser(marker, (reason) => markerErrors.invalid(marker, reason, where)).parse();
}
