import { expect, it } from "vitest";
import { payloadsIn } from "./payloads.ts";

it.each([
  ['{"a":1}', ['{"a":1}']],
  ['{\n  "a": 1\n}\n', ['{\n  "a": 1\n}\n']],
  ["1\n2\n\n3\n", ["1", "2", "3"]],
  ['{"a":1}\r\n{"a":2}\r\n', ['{"a":1}\r', '{"a":2}\r']],
])("%j is %j", (text, payloads) => {
  expect(payloadsIn(text)).toEqual(payloads);
});

it.each(["", "{", "{}\n{", "one\ntwo"])("%j is no payload", (text) => {
  expect(() => payloadsIn(text)).toThrow(expect.objectContaining({ code: "SLUICE_PAYLOAD_INVALID" }));
});
