import type { LookupAddress } from "node:dns";
import { expect, it } from "vitest";
import { type Ask, createLookup } from "./lookup.ts";

const ADDRESSES: LookupAddress[] = [
  { address: "192.0.2.1", family: 4 },
  { address: "2001:db8::1", family: 6 },
];

/** A resolver that answers when it is told to. */
function resolver(): {
  readonly asked: string[];
  readonly ask: Ask;
  readonly answer: (error?: Error) => void;
} {
  const waiting: Parameters<Ask>[2][] = [];
  const asked: string[] = [];
  return {
    asked,
    ask: (hostname, _, callback) => {
      asked.push(hostname);
      waiting.push(callback);
    },
    answer: (error) => {
      for (const callback of waiting.splice(0)) callback(error ?? null, error === undefined ? ADDRESSES : []);
    },
  };
}

function asking(lookup: ReturnType<typeof createLookup>, hostname: string, all: boolean): Promise<unknown> {
  return new Promise((resolve) => {
    lookup(hostname, { all }, (error, address, family) => resolve(error ?? [address, family]));
  });
}

it("asks once for connections that are made at once, and anew later", async () => {
  const { asked, ask, answer } = resolver();
  const lookup = createLookup(ask);
  const answers = [true, true, false].map((all) => asking(lookup, "index.example", all));
  const other = asking(lookup, "files.example", false);
  expect(asked).toEqual(["index.example", "files.example"]);
  answer();
  expect(await Promise.all(answers)).toEqual([
    [ADDRESSES, undefined],
    [ADDRESSES, undefined],
    ["192.0.2.1", 4],
  ]);
  await other;
  const later = asking(lookup, "index.example", true);
  expect(asked).toHaveLength(3);
  answer();
  await later;
});

it("tells everybody of a name that is not known, and asks again for the next one", async () => {
  const { asked, ask, answer } = resolver();
  const lookup = createLookup(ask);
  const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
  const answers = [asking(lookup, "x.example", true), asking(lookup, "x.example", false)];
  answer(unknown);
  expect(await Promise.all(answers)).toEqual([unknown, unknown]);
  const next = asking(lookup, "x.example", false);
  answer();
  expect(await next).toEqual(["192.0.2.1", 4]);
  expect(asked).toHaveLength(2);
});

it("finds this machine", async () => {
  const found = await asking(createLookup(), "localhost", false);
  expect(found).toEqual([expect.stringMatching(/^(?:127\.|::1$)/), expect.any(Number)]);
});
