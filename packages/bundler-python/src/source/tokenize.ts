import { type StringStart, stringStart, unescaped } from "./string-literal.ts";
import type { Token } from "./tokens.ts";

// PEP 3131: identifiers by XID_Start and XID_Continue.
const NAME = /[\p{XID_Start}_][\p{XID_Continue}]*/uy;
const NUMBER =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?/y;
const BLANK = /[ \t\f]+/y;
const LINE_END = /\r\n|\r|\n/y;
const OPERATOR = /:=|->|[!=<>]=|[\s\S]/uy;
/** What can stand in a string without a meaning of its own. */
const ORDINARY = /[^\\{}'"\r\n]+/y;
const TAB = 8;

/**
 * Splits Python into tokens: names, numbers, strings, operators and ends of logical lines; comments are left out. Reads everything
 * that Python 3.9 to 3.14 takes, nested f-strings (PEP 701) and template strings (PEP 750) too, and never fails: what is no valid Python
 * gives tokens of some kind. The tokens of expressions in f-strings stand in parentheses after the string.
 */
export function tokenize(text: string): Token[] {
  return new Tokenizer(text).run();
}

class Tokenizer {
  private readonly tokens: Token[] = [];
  private index = 0;
  private line = 1;
  private depth = 0;
  private indent = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  run(): Token[] {
    this.readIndent();
    while (this.index < this.text.length) this.readToken();
    this.endLine();
    return this.tokens;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.index;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || found === "") return null;
    this.index += found.length;
    return found;
  }

  private push(kind: Token["kind"], text: string, line: number = this.line, computed = false): void {
    this.tokens.push({ kind, text, computed, line, indent: this.indent, depth: this.depth });
  }

  private endLine(): void {
    const last = this.tokens.at(-1);
    if (last !== undefined && last.kind !== "newline") this.push("newline", "\n");
  }

  /** Python's rule for blank at the start of a line: a form feed begins it anew (language reference, 2.1.8). */
  private readIndent(): void {
    let column = 0;
    for (const char of this.match(BLANK) ?? "") {
      if (char === "\f") column = 0;
      else column = char === "\t" ? column + TAB - (column % TAB) : column + 1;
    }
    this.indent = column;
  }

  private readToken(): void {
    const char = this.text[this.index];
    if (char === "\n" || char === "\r") this.readLineEnd();
    else if (char === "#") this.skipComment();
    else if (char === "\\" && /[\r\n]/.test(this.text[this.index + 1] ?? "")) this.joinLines();
    else if (this.match(BLANK) === null) this.readWord();
  }

  private readLineEnd(): void {
    this.match(LINE_END);
    if (this.depth === 0) this.endLine();
    this.line++;
    if (this.depth === 0) this.readIndent();
  }

  private skipComment(): void {
    while (this.index < this.text.length && !/[\r\n]/.test(this.text[this.index] ?? "")) this.index++;
  }

  private joinLines(): void {
    this.index++;
    this.match(LINE_END);
    this.line++;
  }

  private readWord(): void {
    const string = stringStart(this.text, this.index);
    const name = string === null ? this.match(NAME) : null;
    const number = string === null && name === null ? this.match(NUMBER) : null;
    if (string !== null) this.readString(string);
    else if (name !== null) this.push("name", name.normalize("NFKC"));
    else if (number !== null) this.push("number", number);
    else this.readOperator();
  }

  private readOperator(): void {
    const operator = this.match(OPERATOR) ?? "";
    if (/[)\]}]/.test(operator)) this.depth = Math.max(0, this.depth - 1);
    this.push("op", operator);
    if (/[([{]/.test(operator)) this.depth++;
  }

  private readString(start: StringStart): void {
    this.index = start.body;
    const line = this.line;
    const at = this.tokens.length;
    const end = this.readBody(start, false);
    const fields = this.tokens.splice(at);
    this.push("string", unescaped(this.text.slice(start.body, end), start.isRaw), line, fields.length > 0);
    this.tokens.push(...fields);
  }

  /** Whether the literal ends here: at its quotes, or, unless they are three, at the end of the line. */
  private endsHere({ quote }: StringStart): boolean {
    if (this.text.startsWith(quote, this.index)) return true;
    return quote.length === 1 && /[\r\n]/.test(this.text[this.index] ?? "");
  }

  /**
   * Reads a body, or the format specification of a field in it, up to what ends it.
   *
   * @returns the index of where the first part without fields ends
   */
  private readBody(start: StringStart, isSpecification: boolean): number {
    let end: number | null = null;
    while (this.index < this.text.length && !this.endsHere(start)) {
      const char = this.text[this.index];
      if (isSpecification && char === "}") return this.index;
      if (start.hasFields && char === "{" && (isSpecification || this.text[this.index + 1] !== "{")) {
        end ??= this.index;
        this.readField(start);
      } else this.skipCharacter(start);
    }
    end ??= this.index;
    if (!isSpecification && this.text.startsWith(start.quote, this.index)) this.index += start.quote.length;
    return end;
  }

  private skipCharacter(start: StringStart): void {
    if (this.text[this.index] === "\\") this.skipEscape(start);
    else if (this.match(LINE_END) !== null) this.line++;
    else if (this.match(ORDINARY) === null)
      this.index += start.hasFields && this.text.startsWith("{{", this.index) ? 2 : 1;
  }

  private skipEscape(start: StringStart): void {
    this.index++;
    // \N{EM DASH} is a character, not a field; a brace after any other backslash begins one.
    if (start.hasFields && !start.isRaw && this.text.startsWith("N{", this.index)) {
      const end = this.text.indexOf("}", this.index);
      this.index = end === -1 ? this.text.length : end + 1;
    } else if (this.match(LINE_END) !== null) this.line++;
    else if (!(start.hasFields && this.text[this.index] === "{")) this.index++;
  }

  private readField(start: StringStart): void {
    this.index++;
    this.push("op", "(");
    const outer = this.depth;
    this.depth = outer + 1;
    while (this.index < this.text.length) {
      const char = this.text[this.index];
      if (this.depth === outer + 1 && (char === "}" || char === ":")) break;
      // Without three quotes, and before Python 3.12, nothing in a field can hold the quote: the string was not closed.
      if (this.depth > outer) this.readToken();
      else break;
    }
    if (this.text[this.index] === ":") {
      this.index++;
      this.readBody(start, true);
    }
    if (this.text[this.index] === "}") this.index++;
    this.depth = outer;
    this.push("op", ")");
  }
}
