import { createHash } from "node:crypto";
import { createFixture } from "fs-fixture";
import { expect, it } from "vitest";
import { createManifest, formatManifest } from "../manifest.ts";
import { draft } from "../testing/draft.ts";
import { createZip } from "../zip.ts";
import { findKeptManifest } from "./kept-manifest.ts";
import { objectPath, putObject } from "./objects.ts";
import { writeRecord } from "./record.ts";

it("finds the manifest of an earlier build by its digest, while the cache has it", async () => {
  await using fixture = await createFixture();
  const cache = fixture.getPath(".sluice/cache");
  const zip = await createZip([{ path: "index.js", bytes: Buffer.from("1") }]);
  const manifest = createManifest(zip, draft());
  const object = putObject(cache, formatManifest(manifest));
  const nothing = {
    inputs: [],
    lockfiles: [],
    packages: [],
    siblings: [],
    links: [],
    folders: [],
    listed: [],
  };
  writeRecord(cache, "orders", {
    ...nothing,
    schema: 3,
    id: "0".repeat(32),
    options: manifest.sources,
    manifest: object,
    beside: [],
    objects: [createHash("sha256").update(zip.bytes).digest("hex"), object],
    takenAt: 1,
    sources: manifest.sources,
    zip: { digest: manifest.digest, size: 1, mtimeMs: 1, inode: 1 },
  });
  expect(findKeptManifest(cache, manifest.digest)).toEqual(manifest);
  expect(findKeptManifest(cache, `sha256:${"0".repeat(64)}`)).toBeNull();
  await fixture.rm(objectPath(".sluice/cache", object));
  expect(findKeptManifest(cache, manifest.digest)).toBeNull();
  expect(findKeptManifest(fixture.getPath("nowhere"), manifest.digest)).toBeNull();
});
