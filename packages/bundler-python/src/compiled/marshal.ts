/** What Python's marshal format marks an object with that is meant again: FLAG_REF in CPython's `Python/marshal.c`. */
const MEANT_AGAIN = 0x80;
const REFERENCE = "r";

/** Objects without content: NULL, None, False, True, StopIteration, Ellipsis. */
const EMPTY = "0NFTS.";
/** Bytes of content for objects of one size: int, long of 64 bits, float, complex. */
const FIXED: Readonly<Record<string, number>> = { i: 4, I: 8, g: 8, y: 16 };
/** With a length of 4 bytes: bytes, and texts in several encodings. */
const LONG = "stuaA";
/** With a length of one byte. */
const SHORT = "zZ";
/** Texts that Python keeps once for the whole process, and the same kinds of text that it does not. */
const INTERNED = "ZAt";
const TEXTS = "zau";
/** What CPython's compiler keeps once (`all_name_chars` in `Objects/codeobject.c`). */
const NAME = /^\w*$/;
const TUPLES = "([";
const SETS = "<>";

/** Numbers before the objects of a code object, and objects before and after its first line, up to 3.10 and from 3.11 on. */
const CODE = {
  old: { numbers: 6, before: 8, after: 1 },
  new: { numbers: 5, before: 8, after: 2 },
} as const;

/** Thrown inside of this module for what the format did not have when this was written. */
const UNKNOWN: unique symbol = Symbol("unknown");

/** What an object is made of, in its order: bytes, and other objects by their number. */
interface Item {
  readonly type: string;
  readonly parts: readonly (Buffer | number)[];
}

/** Reads objects, and gives equal ones one number. */
class Reader {
  readonly items: Item[] = [];
  readonly #bytes: Buffer;
  readonly #code: (typeof CODE)["old" | "new"];
  readonly #numbers = new Map<string, number>();
  /** Numbers of the marked objects, as references count them; `null` for one that is being read. */
  readonly #marked: (number | null)[] = [];
  #at = 0;

  constructor(bytes: Buffer, minor: number) {
    this.#bytes = bytes;
    this.#code = minor < 11 ? CODE.old : CODE.new;
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  object(): number {
    const byte = this.#take(1).readUInt8();
    const type = String.fromCharCode(byte & ~MEANT_AGAIN);
    if (type === REFERENCE) return this.#marked[this.#take(4).readInt32LE()] ?? unknown();
    const isMarked = (byte & MEANT_AGAIN) !== 0;
    const place = isMarked ? this.#marked.push(null) - 1 : -1;
    const parts = this.#parts(type);
    const number = this.#numberOf({ type: textType(type, parts), parts });
    if (isMarked) this.#marked[place] = number;
    return number;
  }

  #take(size: number): Buffer {
    if (size < 0 || this.#at + size > this.#bytes.length) throw UNKNOWN;
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  #objects(count: number): number[] {
    if (count > this.#bytes.length) throw UNKNOWN;
    return Array.from({ length: count }, () => this.object());
  }

  #parts(type: string): (Buffer | number)[] {
    if (EMPTY.includes(type)) return [];
    const fixed = FIXED[type];
    if (fixed !== undefined) return [this.#take(fixed)];
    if (type === "c") return this.#codeParts();
    if (type === ":") return this.#objects(3);
    const size = this.#take(SHORT.includes(type) || type === ")" ? 1 : 4);
    const count = size.length === 1 ? size.readUInt8() : size.readInt32LE();
    if (LONG.includes(type) || SHORT.includes(type)) return [size, this.#take(count)];
    if (type === "l") return [size, this.#take(Math.abs(count) * 2)];
    if (type === ")" || TUPLES.includes(type)) return [size, ...this.#objects(count)];
    if (SETS.includes(type)) return [size, ...this.#sorted(this.#objects(count))];
    throw UNKNOWN;
  }

  #codeParts(): (Buffer | number)[] {
    const { numbers, before, after } = this.#code;
    return [this.#take(numbers * 4), ...this.#objects(before), this.#take(4), ...this.#objects(after)];
  }

  /** Members of a set: before Python 3.11 their order may hang on where objects lie in memory. */
  #sorted(members: readonly number[]): number[] {
    const texts = new Map(members.map((member) => [member, this.#textOf(member)]));
    return members.toSorted((one, other) => ((texts.get(one) ?? "") < (texts.get(other) ?? "") ? -1 : 1));
  }

  #textOf(number: number): string {
    const { type, parts } = this.items[number] ?? unknown();
    return (
      type + parts.map((part) => (typeof part === "number" ? this.#textOf(part) : latin1(part))).join("")
    );
  }

  #numberOf(item: Item): number {
    const parts = item.parts.map((part) => (typeof part === "number" ? `#${part}` : latin1(part)));
    const key = `${item.type}${parts.map((part) => `${part.length}:${part}`).join("")}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.items.length);
    return this.items.push(item) - 1;
  }
}

/**
 * Whether a text is kept once may depend on what else did so before; names are in any case when a code object is loaded, whatever
 * their type says.
 */
function textType(type: string, parts: readonly (Buffer | number)[]): string {
  const kind = Math.max(INTERNED.indexOf(type), TEXTS.indexOf(type));
  const text = parts[1];
  if (kind === -1 || !Buffer.isBuffer(text)) return type;
  return (NAME.test(latin1(text)) ? INTERNED : TEXTS).charAt(kind);
}

function latin1(bytes: Buffer): string {
  return bytes.toString("latin1");
}

function unknown(): never {
  throw UNKNOWN;
}

/** How often each object is written or referred to when those that come again are referred to. */
function countUses(items: readonly Item[], root: number): Map<number, number> {
  const uses = new Map<number, number>();
  const visit = (number: number): void => {
    const before = uses.get(number) ?? 0;
    uses.set(number, before + 1);
    if (before > 0) return;
    for (const part of items[number]?.parts ?? []) if (typeof part === "number") visit(part);
  };
  visit(root);
  return uses;
}

function write(items: readonly Item[], root: number): Buffer {
  const uses = countUses(items, root);
  const references = new Map<number, number>();
  const chunks: Buffer[] = [];
  const writeObject = (number: number): void => {
    const { type, parts } = items[number] ?? unknown();
    const reference = references.get(number);
    if (reference !== undefined) {
      const chunk = Buffer.from([REFERENCE.charCodeAt(0), 0, 0, 0, 0]);
      chunk.writeInt32LE(reference, 1);
      chunks.push(chunk);
      return;
    }
    const isMarked = (uses.get(number) ?? 0) > 1 && !EMPTY.includes(type);
    if (isMarked) references.set(number, references.size);
    chunks.push(Buffer.from([type.charCodeAt(0) | (isMarked ? MEANT_AGAIN : 0)]));
    for (const part of parts) {
      if (typeof part === "number") writeObject(part);
      else chunks.push(part);
    }
  };
  writeObject(root);
  return Buffer.concat(chunks);
}

/**
 * Makes the bytes of a marshalled code object a function of its source. In CPython, which equal constants are one object, and which
 * objects are marked because something else in the process holds them, depends on what was compiled before. Here all that are
 * equal become one, and only what is meant again is marked.
 *
 * @param minor - Python's minor version: code objects changed with 3.11
 * @returns `null` for what a newer Python wrote in a way that is not known here
 */
export function normalizeMarshal(bytes: Uint8Array, minor: number): Buffer | null {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), minor);
  try {
    const root = reader.object();
    return reader.isAtEnd() ? write(reader.items, root) : null;
  } catch (error) {
    if (error === UNKNOWN) return null;
    throw error;
  }
}
