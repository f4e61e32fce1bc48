import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { drawPicture, sizeOfWebp } from "./picture.ts";

it("draws a PNG whose lines are all there", () => {
  const png = drawPicture(40, 30);
  expect(png.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([40, 30]);
  const data = png.subarray(41, 41 + png.readUInt32BE(33));
  const lines = inflateSync(data);
  expect(lines.length).toBe((1 + 40 * 3) * 30);
  expect(new Set(lines).size).toBeGreaterThan(50);
});

// Made by Pillow 12.2 from pictures of 5 by 3 pixels, without and with transparency.
const PLAIN = "UklGRjQAAABXRUJQVlA4ICgAAABQAQCdASoFAAMAAUAmJaAABDOAAP7wmyP//ucD//ZwP/9nA/iQAAAA";
const TRANSPARENT =
  "UklGRlgAAABXRUJQVlA4WAoAAAAQAAAABAAAAgAAQUxQSAoAAAABB1CyiAhERP8DVlA4ICgAAABQAQCdASoFAAMAAUAmJaAABDOAAP7wmyP//ucD//bJ//9sn/qQAAAA";

it.each([PLAIN, TRANSPARENT])("reads the size of a WebP file", (file) => {
  expect(sizeOfWebp(Buffer.from(file, "base64"))).toEqual({ width: 5, height: 3 });
});

it("says what is no WebP file", () => {
  expect(() => sizeOfWebp(drawPicture(4, 4))).toThrow("no WebP file: it begins with 89504e47");
  expect(() => sizeOfWebp(new Uint8Array())).toThrow("no WebP file");
});
