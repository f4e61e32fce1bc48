/** Code units that a file may begin with, and what they say of its encoding. The longer ones first: UTF-16's begin UTF-32's. */
const MARKS: readonly [readonly number[], string][] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe, 0, 0], "utf-32le"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** As pip looks for it, in the first two lines that are comments (PEP 263). */
const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

export interface Decoded {
  readonly text: string;
  /** Whether every tool reads it in the same way: UTF-8, or UTF-16 with a byte order mark. */
  readonly plain: boolean;
}

/**
 * Decodes a requirements file as pip does: by its byte order mark, as PowerShell's `pip freeze > requirements.txt` writes it, or by a
 * comment `-*- coding: latin-1 -*-`, else as UTF-8.
 *
 * @throws an Error that names the encoding
 */
export function decodeText(bytes: Uint8Array): Decoded {
  const mark = MARKS.find(([units]) => units.every((unit, index) => bytes[index] === unit));
  if (mark !== undefined) return { text: decode(bytes, mark[1]), plain: true };
  // Without a mark, every second byte of ASCII in UTF-16 is zero.
  if (bytes.length > 1 && bytes[1] === 0) return { text: decode(bytes, "utf-16le"), plain: false };
  const start = Buffer.from(bytes.subarray(0, 400)).toString("latin1").split(/\r?\n/).slice(0, 2);
  const cookie = start.map((line) => COOKIE.exec(line)?.[1]).find((name) => name !== undefined);
  const encoding = webName(cookie ?? "utf-8");
  return { text: decode(bytes, encoding), plain: encoding === "utf-8" };
}

function decode(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof RangeError)
      throw new Error(`its encoding ${encoding} is not known.`, { cause: error });
    throw new Error(`it is not valid ${encoding}.`, { cause: error });
  }
}

/** Python's names of encodings, as the WHATWG's. */
function webName(name: string): string {
  const lower = name.toLowerCase().replaceAll("_", "-");
  if (lower === "utf8" || lower === "utf-8-sig" || lower === "utf-8") return "utf-8";
  if (/^(latin-?1|iso-?8859-1|l1)$/.test(lower)) return "latin1";
  return lower.replace(/^cp-?(125\d|866)$/, "windows-$1").replace(/^windows-866$/, "ibm866");
}
