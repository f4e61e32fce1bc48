import { crc32, deflateSync } from "node:zlib";

type Color = readonly [red: number, green: number, blue: number];

const mix = (from: Color, to: Color, part: number): Color => [
  Math.round(from[0] + (to[0] - from[0]) * part),
  Math.round(from[1] + (to[1] - from[1]) * part),
  Math.round(from[2] + (to[2] - from[2]) * part),
];

/** A gate in a channel at dusk, four wide and three high. `x` and `y` go from 0 to 1, from the upper left. */
function colorAt(x: number, y: number): Color {
  const horizon = 0.62;
  if (Math.hypot((x - 0.7) * (4 / 3), y - 0.4) < 0.11) return [255, 244, 214];
  if (y < horizon) return mix([38, 48, 102], [250, 166, 112], y / horizon);
  const posts = [0.26, 0.5, 0.74].some((post) => Math.abs(x - post) < 0.018);
  if (posts || (y < 0.7 && x > 0.26 && x < 0.74 && Math.floor(y * 60) % 2 === 0)) return [46, 36, 40];
  const water = mix([214, 140, 116], [24, 36, 72], (y - horizon) / (1 - horizon));
  return Math.sin(y * 240 + Math.sin(x * 24) * 2) > 0.8 ? mix(water, [255, 244, 214], 0.35) : water;
}

/** A chunk of a PNG (W3C PNG, 5.3). */
function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
}

/** Draws a picture to look at, as a PNG in RGB: no file of it needs to be kept. Width and height in pixels. */
export function drawPicture(width: number, height: number): Buffer {
  const line = 1 + width * 3;
  const pixels = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels.set(colorAt(x / width, y / height), y * line + 1 + x * 3);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits each of red, green and blue.
  header.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/**
 * Reads the size of a WebP file from its header (RFC 9649, sections 2.5 and 2.7), in pixels.
 *
 * @throws Error for anything else
 */
export function sizeOfWebp(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (start: number): string => buffer.toString("latin1", start, start + 4);
  if (text(0) === "RIFF" && text(8) === "WEBP") {
    if (text(12) === "VP8 ")
      return { width: buffer.readUInt16LE(26) & 0x3fff, height: buffer.readUInt16LE(28) & 0x3fff };
    if (text(12) === "VP8X")
      return { width: buffer.readUIntLE(24, 3) + 1, height: buffer.readUIntLE(27, 3) + 1 };
  }
  throw new Error(`This is no WebP file: it begins with ${buffer.toString("hex", 0, 16)}.`);
}
