/** The cookie of PEP 263, in a comment of the first or second line. */
const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

/** Python's own names of encodings that a `TextDecoder` knows by another one. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["utf8", "utf-8"],
  ["latin-1", "latin1"],
  ["latin", "latin1"],
  ["iso-latin-1", "latin1"],
  ["cp932", "shift_jis"],
  ["euc_jp", "euc-jp"],
]);

function decoderFor(cookie: string): InstanceType<typeof TextDecoder> {
  const label = cookie.toLowerCase().replaceAll("_", "-");
  try {
    return new TextDecoder(ALIASES.get(label) ?? label.replace(/^cp(\d{4})$/, "windows-$1"));
  } catch {
    // Whatever the encoding is: what imports are written with is ASCII, and that Latin-1 leaves as it is.
    return new TextDecoder("latin1");
  }
}

/** Text of a Python source, decoded as Python does: by its byte order mark, its cookie (PEP 263), or as UTF-8. */
export function decodeSource(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 512)).toString("latin1");
  if (start.startsWith("\xEF\xBB\xBF")) return new TextDecoder().decode(bytes);
  const [first = "", second = ""] = start.split(/\r\n?|\n/);
  // The second line counts only below a first one without code.
  const isComment = /^[ \t\f]*(?:#.*)?$/.test(first);
  const cookie = COOKIE.exec(first)?.[1] ?? (isComment ? COOKIE.exec(second)?.[1] : undefined);
  return (cookie === undefined ? new TextDecoder() : decoderFor(cookie)).decode(bytes);
}
