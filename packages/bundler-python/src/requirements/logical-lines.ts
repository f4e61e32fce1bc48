/** A line as pip sees it: continuations joined, comments taken out. */
export interface LogicalLine {
  readonly text: string;
  /** Of its first line in the file, from 1. */
  readonly number: number;
}

/** From pip's `req_file.py`: a `#` begins a comment at the start of a line, or after white space. */
const COMMENT = /(^|\s+)#.*$/s;

/**
 * The lines of a requirements file without those that are empty. As in pip, a backslash at the end of a line joins the next one, and a
 * line that is a comment ends what was joined, whatever its own end.
 */
export function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let parts: string[] = [];
  let start = 1;
  for (const [index, line] of text.split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/).entries()) {
    const isComment = COMMENT.test(line);
    if (parts.length === 0) start = index + 1;
    if (line.endsWith("\\") && !isComment) {
      parts.push(line.replace(/^\\+|\\+$/g, ""));
      continue;
    }
    // The space has a comment after a continuation begin as a comment.
    lines.push({ number: start, text: [...parts, isComment ? ` ${line}` : line].join("") });
    parts = [];
  }
  if (parts.length > 0) lines.push({ number: start, text: parts.join("") });
  return lines
    .map(({ text: joined, number }) => ({ number, text: joined.replace(COMMENT, "").trim() }))
    .filter((line) => line.text !== "");
}
