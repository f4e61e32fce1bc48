const START = /["'#]/g;
const LINE_END = /\n/g;
/** What matters inside of a string, by how it begins. */
const INSIDE: Readonly<Record<string, RegExp>> = {
  '"': /["\\\n]/g,
  "'": /['\\\n]/g,
  '"""': /"""|\\/g,
  "'''": /'''|\\/g,
};

function find(pattern: RegExp, source: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(source)?.index ?? source.length;
}

/** Index behind a string that `quote` opens; one that is not closed ends with its line, or with the source. */
function endOf(source: string, quote: string, from: number): number {
  const inside = INSIDE[quote] ?? START;
  let at = find(inside, source, from);
  while (source[at] === "\\") at = find(inside, source, at + 2);
  return Math.min(source.length, at + quote.length);
}

/**
 * A source without comments and texts in triple quotes: what these tell about modules is for people. Strings stay. It takes time in
 * proportion to the source, however long its strings are.
 */
export function codeOf(source: string): string {
  const parts: string[] = [];
  let kept = 0;
  for (let at = find(START, source, 0); at < source.length; ) {
    const triple = source.slice(at, at + 3);
    const isTriple = triple === '"""' || triple === "'''";
    const quote = isTriple ? triple : source.charAt(at);
    const end = quote === "#" ? find(LINE_END, source, at) : endOf(source, quote, at + quote.length);
    if (quote === "#" || isTriple) {
      parts.push(source.slice(kept, at), " ");
      kept = end;
    }
    at = find(START, source, end);
  }
  return parts.join("") + source.slice(kept);
}
