/** A character of names in Python and of files: letters, digits and `_`, `.`, `+`, `-`. */
const PART = /[\w.+-]/;
const DASH = /[+-]/;

/**
 * The name that ends at `end`, read backwards: a pattern that starts anywhere would cost the square of a long word.
 *
 * @param longest - characters that are looked at
 */
export function wordBefore(text: string, end: number, longest: number, withDashes = false): string {
  let start = end;
  const first = Math.max(0, end - longest);
  for (; start > first; start--) {
    const char = text.charAt(start - 1);
    if (!PART.test(char) || (!withDashes && DASH.test(char))) break;
  }
  return text.slice(start, end);
}
