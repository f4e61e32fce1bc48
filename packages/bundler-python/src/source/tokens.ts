/** A token of Python, as far as finding imports needs it. */
export interface Token {
  readonly kind: "name" | "number" | "string" | "op" | "newline";
  /** As written; of a string its value, escapes undone where they are plain. */
  readonly text: string;
  /** Of a string with replacement fields: `text` is what stands before the first one. */
  readonly computed: boolean;
  /** Counted from 1. */
  readonly line: number;
  /** Columns of blank before the first token of its line, tabs to the next multiple of 8; only there of use. */
  readonly indent: number;
  /** Parentheses, brackets and braces that are open before it. */
  readonly depth: number;
}
