import { join } from "node:path";
import { createZip, openStore, writeArtifact, type ZipEntry } from "@sluice/artifact";
import { openAws, resolveRegions } from "@sluice/aws";
import type { Artifact, Change, Difference, Manifest, PackedPackage } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Door } from "../settings.ts";
import { type Emulated, openEmulated } from "../testing/emulated.ts";
import { manifestOf, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";
import { compareFiles, comparePackages } from "./compare.ts";
import { differences } from "./differences.ts";

let scene: Scene;
let emulated: Emulated;
beforeAll(async () => {
  [scene, emulated] = await Promise.all([openScene(), openEmulated()]);
}, 180_000);
afterAll(async () => {
  await emulated.stop();
  await scene.dispose();
});

const entry = (path: string, text: string): ZipEntry => ({ path, bytes: Buffer.from(text) });
const OLD = [
  entry("index.js", "exports.handler = async () => 1;"),
  entry("gone.txt", "gone"),
  entry("same.txt", "same"),
];
const NEW = [
  entry("index.js", "exports.handler = async () => 1234;"),
  entry("added.txt", "added"),
  entry("same.txt", "same"),
];
const EXPECTED: Difference["files"] = [
  { path: "added.txt", before: null, after: 5 },
  { path: "gone.txt", before: 4, after: null },
  { path: "index.js", before: 32, after: 35 },
];

/** An artifact as a bundler writes it. */
async function built(name: string, entries: ZipEntry[], packages?: PackedPackage[]): Promise<Artifact> {
  const zip = await createZip(entries);
  const { files: _, digest: __, ...rest } = manifestOf(name, "");
  const draft = packages === undefined ? rest : { ...rest, packages };
  return writeArtifact(
    join(scene.folder, "artifacts", zip.files.map(({ sha256 }) => sha256.slice(0, 4)).join("")),
    zip,
    draft,
  );
}

/** A door behind which the zip of a function is not to be had. */
const gone: Door = {
  resolveRegions,
  openAws: (context, scope) => {
    const aws = openAws(context, scope);
    const Code = { Location: "http://127.0.0.1:9/zip?X-Amz-Signature=secret" };
    const getFunction = async () => ({ Code, Configuration: { CodeSize: 1000 }, $metadata: {} });
    return { ...aws, lambda: { ...aws.lambda, getFunction } };
  },
};

async function differenceOf(
  artifact: Artifact,
  store: string | null = null,
  alias: string | null = null,
  door?: Door,
) {
  const input = scene.input([artifact], { store, alias });
  const context = emulated.context(scene.folder);
  const changes = (await updateExisting().plan(input, context)) as Change[];
  const found = await differences(input, changes, context, door);
  return { difference: found.get(changes[0] as Change), context };
}

const zipBytes = async (entries: ZipEntry[]): Promise<Uint8Array> => (await createZip(entries)).bytes;

describe("what a plan changes", () => {
  it("is told by the directory of the zip that Lambda has", async () => {
    await emulated.createFunction("by-zip", await zipBytes(OLD));
    const { difference } = await differenceOf(await built("by-zip", NEW));
    expect(difference?.files).toEqual(EXPECTED);
    expect(difference?.packages).toBeNull();
    expect(difference?.zipBytes.before).toBe((await zipBytes(OLD)).length);
  }, 60_000);

  it("is that of the alias, and not of $LATEST", async () => {
    await emulated.createFunction("by-alias", await zipBytes(OLD));
    await emulated.createAlias("by-alias", "live");
    const { difference } = await differenceOf(await built("by-alias", NEW), null, "live");
    expect(difference?.files).toEqual(EXPECTED);
  }, 60_000);

  it("is told by manifests where the store has that of what is live, with packages", async () => {
    await emulated.createFunction("by-store", await zipBytes(OLD));
    const old = await built("by-store", OLD, [
      { name: "zod", version: "4.0.0" },
      { name: "ms", version: "2.1.3" },
    ]);
    await openStore("store", { root: scene.folder, objects: () => Promise.reject() as never }).put(old);
    const now = await built("by-store", NEW, [{ name: "zod", version: "4.1.0" }]);
    const { difference } = await differenceOf(now, "store");
    expect(difference).toEqual({
      from: old.manifest.digest,
      files: EXPECTED,
      packages: [
        { name: "ms", before: "2.1.3", after: null },
        { name: "zod", before: "4.0.0", after: "4.1.0" },
      ],
      zipBytes: { before: old.manifest.sizeBytes, after: now.manifest.sizeBytes },
    });
  }, 60_000);

  it("is left out where it cannot be told, and where nothing changes", async () => {
    await emulated.createFunction("no-zip", await zipBytes(OLD));
    const { difference, context } = await differenceOf(await built("no-zip", NEW), null, null, gone);
    expect(difference).toBeUndefined();
    const said = context.lines.map(({ message }) => message).join("\n");
    expect(said).toContain("What changes in no-zip in eu-west-1 cannot be told");
    expect(said).not.toContain("secret");
    await emulated.createFunction("unchanged", await zipBytes(NEW));
    expect((await differenceOf(await built("unchanged", NEW))).difference).toBeUndefined();
  }, 60_000);
});

describe("compareFiles", () => {
  it("tells files of one size apart by their mark", () => {
    const file = (path: string, mark: string, size = 1) => ({ path, size, mark });
    expect(compareFiles([file("a", "1"), file("b", "1")], [file("a", "2"), file("b", "1")])).toEqual([
      { path: "a", before: 1, after: 1 },
    ]);
    expect(compareFiles([], [])).toEqual([]);
  });
});

describe("comparePackages", () => {
  it("shows all versions of a package that is there several times", () => {
    const one: Manifest["packages"] = [
      { name: "zod", version: "3.9.0" },
      { name: "zod", version: "4.0.0" },
    ];
    expect(comparePackages(one, one)).toEqual([]);
    expect(comparePackages(one, [{ name: "zod", version: "4.0.0" }])).toEqual([
      { name: "zod", before: "3.9.0, 4.0.0", after: "4.0.0" },
    ]);
  });
});
