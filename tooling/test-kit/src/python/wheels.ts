import { createHash } from "node:crypto";
import { crc32, deflateRawSync } from "node:zlib";

/** A file of a wheel, or its contents alone; `mode` is a Unix mode with its file type, as 0o100755. */
export type WheelContent =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode: number };

export interface WheelDraft {
  readonly name: string;
  /** Default `1.0`. */
  readonly version?: string;
  /** Default `py3-none-any`. */
  readonly tag?: string;
  /** Path → content. */
  readonly files?: Readonly<Record<string, WheelContent>>;
  /** Further header lines of METADATA, as `Requires-Dist: six`. */
  readonly metadata?: readonly string[];
  /** Instead of the RECORD that fits. */
  readonly record?: string;
}

export interface MadeWheel {
  readonly filename: string;
  readonly bytes: Uint8Array;
  /** Hexadecimal. */
  readonly sha256: string;
}

const DEFAULT_MODE = 0o100644;

interface RawFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

function rawFile(path: string, content: WheelContent): RawFile {
  const isPlain = typeof content === "string" || content instanceof Uint8Array;
  const bytes = isPlain ? content : content.content;
  return { path, bytes: Buffer.from(bytes), mode: isPlain ? DEFAULT_MODE : content.mode };
}

/** The 26 bytes that both headers share. */
function sharedHeader(file: RawFile, data: Uint8Array, method: number): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(0x0800, 2);
  header.writeUInt16LE(method, 4);
  header.writeUInt32LE(crc32(file.bytes), 10);
  header.writeUInt32LE(data.length, 14);
  header.writeUInt32LE(file.bytes.length, 18);
  header.writeUInt16LE(Buffer.byteLength(file.path), 22);
  return header;
}

/** A zip of `files` as they are, with whatever names and modes: what is wrong with them is for a reader to find. */
function rawZip(files: readonly RawFile[]): Uint8Array {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const deflated = deflateRawSync(file.bytes);
    const isSmaller = deflated.length < file.bytes.length;
    const data = isSmaller ? deflated : Buffer.from(file.bytes);
    const shared = sharedHeader(file, data, isSmaller ? 8 : 0);
    const name = Buffer.from(file.path);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((file.mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, name, data]);
    centrals.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03", "latin1"), shared, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** The RECORD of `files` (PyPA, "Recording installed projects"). */
function recordOf(files: readonly RawFile[], own: string): string {
  const lines = files.map(({ path, bytes }) => {
    const hash = createHash("sha256").update(bytes).digest("base64url");
    return `${path.includes(",") ? `"${path}"` : path},sha256=${hash},${bytes.length}`;
  });
  return [...lines, `${own},,`, ""].join("\n");
}

/** A small wheel with METADATA, WHEEL and RECORD, made in memory. A file in `files` goes before the one that would be made. */
export function makeWheel(draft: WheelDraft): MadeWheel {
  const { name, version = "1.0", tag = "py3-none-any" } = draft;
  const stem = `${name.replace(/[-_.]+/g, "_")}-${version}`;
  const info = `${stem}.dist-info`;
  const contents: Record<string, WheelContent> = {
    [`${info}/METADATA`]: [
      "Metadata-Version: 2.1",
      `Name: ${name}`,
      `Version: ${version}`,
      ...(draft.metadata ?? []),
      "",
    ].join("\n"),
    [`${info}/WHEEL`]: [
      "Wheel-Version: 1.0",
      "Generator: sluice-tests",
      `Root-Is-Purelib: ${tag.endsWith("-none-any")}`,
      `Tag: ${tag}`,
      "",
    ].join("\n"),
    ...draft.files,
  };
  const files = Object.entries(contents).map(([path, content]) => rawFile(path, content));
  const own = `${info}/RECORD`;
  if (!files.some(({ path }) => path === own)) files.push(rawFile(own, draft.record ?? recordOf(files, own)));
  const bytes = rawZip(files);
  return {
    filename: `${stem}-${tag}.whl`,
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}
