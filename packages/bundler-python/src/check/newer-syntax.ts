import { decodeSource } from "../source/decode-source.ts";
import { tokenize } from "../source/tokenize.ts";
import type { Failure } from "./job.ts";

/** The newest Python whose syntax is known here. */
const NEWEST_KNOWN = 14;
/** Older ones know too little: decorators of any form, `match`, parentheses after `with`. */
const OLDEST_JUDGE = 10;

/** What a statement holds that came with a minor version ("What's New in Python", since 3.11). */
const FEATURES: readonly (readonly [minor: number, pattern: RegExp])[] = [
  [11, /^\s*except\s*\*/m],
  [11, /\[[^\]]*\*\s*\w/],
  // PEP 701: what stands in the fields of f-strings.
  [12, /(?<![\w"'])(?:f|fr|rf)["']/i],
  // PEP 695
  [12, /^\s*type\s+\w/m],
  [12, /^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\[/m],
  // PEP 750 and PEP 758
  [14, /(?<![\w"'])(?:t|tr|rt)["']/i],
  [14, /^\s*except\b[^(:]*,/m],
];

/** A quote that an older Python took for another one's end may be missed by it anywhere later. */
const OF_QUOTES = /f-string|unterminated|EOF while scanning/;

/** Lines of the statement that a line is in, up to that line: what an older Python does not know stands before where it fails. */
function statementUpTo(text: string, line: number): string {
  const ends = tokenize(text)
    .filter(({ kind }) => kind === "newline")
    .map((token) => token.line);
  const before = ends.filter((end) => end < line).at(-1) ?? 0;
  return text
    .split(/\r\n|\r|\n/)
    .slice(before, line)
    .join("\n");
}

/**
 * Whether a Python that is older than the function's can be believed about an error of syntax: nothing near it is of a later version.
 *
 * @param judge - minor version of the Python that says so
 * @param target - of the function's
 */
export function isCertain(failure: Failure, source: Uint8Array, judge: number, target: number): boolean {
  if (judge >= target) return true;
  const { syntax, message } = failure;
  if (syntax === null || judge < OLDEST_JUDGE || target > NEWEST_KNOWN) return false;
  const text = decodeSource(source);
  const isClosed = !/was never closed/.test(message);
  const near = OF_QUOTES.test(message)
    ? text
    : isClosed
      ? statementUpTo(text, syntax.line)
      : (text.split(/\r\n|\r|\n/)[syntax.line - 1] ?? "");
  return !FEATURES.some(([minor, pattern]) => minor > judge && minor <= target && pattern.test(near));
}
