import { crc32 } from "node:zlib";

/** A file of a zip, compressed already (raw deflate). */
export interface DeflatedFile {
  readonly path: string;
  readonly deflated: Uint8Array;
  /** Bytes and CRC-32 of the content. */
  readonly size: number;
  readonly crc: number;
}

const DEFLATE = 8;
/** 1980-01-01, the first day that the format knows. */
const DATE = 0x21;

/** The fields that the local and the central header share (APPNOTE.TXT 4.3.7 and 4.3.12). */
function common({ path, deflated, size, crc }: DeflatedFile): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(DEFLATE, 4);
  fields.writeUInt16LE(DATE, 8);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(deflated.length, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(Buffer.byteLength(path), 22);
  return fields;
}

function signed(signature: number, ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(signature);
  return Buffer.concat([head, ...parts]);
}

function centralHeader(file: DeflatedFile, offset: number): Buffer {
  const madeBy = Buffer.from([20, 0]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return signed(0x02014b50, madeBy, common(file), rest, Buffer.from(file.path));
}

/** Puts deflated files together to a zip: as little as a zip can cost. Names are ASCII. */
export function zipFile(files: readonly DeflatedFile[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const local = signed(0x04034b50, common(file), Buffer.from(file.path), file.deflated);
    centrals.push(centralHeader(file, offset));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, signed(0x06054b50, end)]);
}

/** Describes a file that `deflate` has compressed. */
export function deflatedFile(path: string, content: Uint8Array, deflated: Uint8Array): DeflatedFile {
  return { path, deflated, size: content.length, crc: crc32(content) };
}
