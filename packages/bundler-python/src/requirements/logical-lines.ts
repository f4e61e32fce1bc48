/** A line as pip sees it: continuations joined, comments taken out. */
export interface LogicalLine {
  readonly text: string;
  /** Of its first line in the file, from 1. */
  readonly number: number;
  /** Whether a comment ended it before its last continuation did. */
  readonly interrupted: boolean;
}

/** From pip's `req_file.py`: a `#` begins a comment at the start of a line, or after white space. */
const COMMENT = /(^|\s+)#.*$/s;

/**
 * The lines of a requirements file without those that are empty. As in pip, a backslash at the end of a line joins the next one, and a
 * line that is a comment ends what was joined, whatever its own end.
 */
export function logicalLines(file: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let parts: string[] = [];
  let start = 1;
  for (const [index, line] of file.split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/).entries()) {
    const isComment = /^\s*#/.test(line);
    if (parts.length === 0) start = index + 1;
    if (line.endsWith("\\") && !isComment) {
      parts.push(line.replace(/^\\+|\\+$/g, ""));
      continue;
    }
    // The space has a comment after a continuation begin as a comment.
    const text = [...parts, isComment ? ` ${line}` : line].join("");
    lines.push({ number: start, text, interrupted: isComment && parts.length > 0 });
    parts = [];
  }
  if (parts.length > 0) lines.push({ number: start, text: parts.join(""), interrupted: false });
  return lines
    .map((line) => ({ ...line, text: line.text.replace(COMMENT, "").trim() }))
    .filter((line) => line.text !== "");
}
