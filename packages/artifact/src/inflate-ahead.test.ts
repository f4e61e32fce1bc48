import { createHash, randomBytes } from "node:crypto";
import { isSluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { contentSha256 } from "./digest.ts";
import { inflateAhead } from "./inflate-ahead.ts";
import { readZipStreams } from "./read-zip.ts";
import { createZip } from "./zip.ts";

/** Content that deflates, of half a megabyte. */
const big = (first: string): Buffer =>
  Buffer.concat([Buffer.from(first), randomBytes(1000), Buffer.alloc(500_000)]);

it("inflates the big files alone, and reading takes what it gives", async () => {
  const contents = [big("a"), big("b"), Buffer.alloc(1000)];
  const entries = contents.map((bytes, index) => ({ path: `${index}.so`, bytes }));
  const { bytes: zip } = await createZip(entries);
  const ahead = await inflateAhead(zip);
  expect(ahead.size).toBe(2);
  const files = readZipStreams(zip, "a.whl", ahead);
  for (const [index, content] of contents.entries())
    expect(Buffer.compare(files[index]?.bytes ?? Buffer.alloc(0), content)).toBe(0);
  for (const file of files.slice(0, 2)) expect([...ahead.values()]).toContain(file.bytes);
  for (const { bytes } of files)
    expect(contentSha256(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
});

it("leaves it to reading to refuse what is damaged, and what was inflated to something else", async () => {
  const { bytes: zip } = await createZip([{ path: "a.so", bytes: big("a") }]);
  const other = new Map(
    [...(await inflateAhead(zip))].map(([at, content]) => [at, content.map((byte) => byte ^ 1)]),
  );
  const refusal = (read: () => unknown): string => {
    try {
      read();
      return "accepted";
    } catch (error) {
      return isSluiceError(error) ? error.code : String(error);
    }
  };
  expect(refusal(() => readZipStreams(zip, "a.whl", other))).toBe("SLUICE_ZIP_INVALID");
  const damaged = zip.slice();
  // Behind the header and the name: no block of a deflate stream begins like this.
  damaged.fill(0xff, 34, 100);
  expect((await inflateAhead(damaged)).size).toBe(0);
  expect(refusal(() => readZipStreams(damaged, "a.whl"))).toBe("SLUICE_ZIP_INVALID");
  expect((await inflateAhead(Buffer.from("no zip"))).size).toBe(0);
});
