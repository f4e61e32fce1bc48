import { expect, it } from "vitest";
import { decodeText } from "./decode.ts";

const TEXT = "# Größe\nsix\n";
const utf16 = Buffer.from(TEXT, "utf16le");

it.each([
  ["UTF-8", Buffer.from(TEXT), true],
  ["UTF-8 with a mark", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(TEXT)]), true],
  ["UTF-16 as PowerShell writes it", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), true],
  [
    "UTF-16, the other way around",
    Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
    true,
  ],
  ["UTF-16 without a mark", utf16, false],
])("%s is decoded", (_, bytes, plain) => {
  expect(decodeText(bytes)).toEqual({ text: TEXT, plain });
});

it.each(["latin-1", "ISO8859_1", "cp1252"])("a comment may name %s", (name) => {
  const text = `# -*- coding: ${name} -*-\n${TEXT}`;
  expect(decodeText(Buffer.from(text, "latin1"))).toEqual({ text, plain: false });
});

it("names what it cannot decode", () => {
  expect(() => decodeText(Buffer.from([0x61, 0xff, 0x62]))).toThrow("it is not valid utf-8.");
  expect(() => decodeText(Buffer.from("# coding: klingon\n"))).toThrow("its encoding klingon is not known.");
});
