import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openStore } from "@sluice/artifact";
import type { Aws } from "@sluice/aws";
import type { Artifact } from "@sluice/core";
import { isSluiceError } from "@sluice/core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type MemoryObjects, memoryObjects } from "../testing/memory-objects.ts";
import { openScene, type Scene } from "../testing/scene.ts";
import { createPackager } from "./package-code.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

let buckets: Map<string, MemoryObjects>;
let created: string[];
beforeEach(() => {
  buckets = new Map();
  created = [];
});

function objects(bucket: string): MemoryObjects {
  const known = buckets.get(bucket) ?? memoryObjects(bucket, (key) => created.push(`${bucket}/${key}`));
  buckets.set(bucket, known);
  return known;
}

const aws = (region: string): Aws =>
  ({ scope: { region, profile: null, role: null }, objects }) as unknown as Aws;

/** An artifact that is in a store, and not on this machine. */
async function stored(location: string, bytes: string): Promise<Artifact> {
  const built = await scene.artifact("orders", bytes, { unzippedBytes: 0 });
  const store = openStore(location, { root: scene.folder, objects });
  await store.put(built);
  const found = await store.find(built.manifest.digest, "orders");
  if (found === null) throw new Error("not stored");
  await rm(built.path);
  created.length = 0;
  const path = join(scene.folder, ".sluice/store", built.manifest.digest.slice(7), "orders.zip");
  return { function: "orders", path, ...found, cached: true };
}

const keyOf = ({ manifest }: Artifact): string => `artifacts/sha256/${manifest.digest.slice(7)}/orders.zip`;

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error) => (isSluiceError(error) ? error.code : `unexpected: ${error}`),
  );
}

it("is taken from where it is, when that is the region's own bucket", async () => {
  const artifact = await stored("s3://artifacts-eu-west-1/team", "one");
  const packager = createPackager(scene.input([], { store: "s3://artifacts-{region}/team" }));
  expect(await packager(artifact, aws("eu-west-1"), {})).toEqual({
    S3Bucket: "artifacts-eu-west-1",
    S3Key: `team/${keyOf(artifact)}`,
  });
  expect(created).toEqual([]);
});

it("is fetched once and put into each other region's bucket, once for all targets", async () => {
  const artifact = await stored("s3://artifacts-eu-west-1/team", "two");
  const packager = createPackager(scene.input([], { store: "s3://artifacts-{region}/team" }));
  const regions = ["eu-west-1", "us-east-1", "us-west-2"];
  const codes = await Promise.all(
    regions.flatMap((region) => [1, 2, 3].map(() => packager(artifact, aws(region), {}))),
  );
  expect(codes.map((code) => "S3Bucket" in code && code.S3Bucket)).toEqual(
    regions.flatMap((region) => Array.from({ length: 3 }, () => `artifacts-${region}`)),
  );
  expect(created.filter((key) => key.endsWith(".zip")).sort()).toEqual([
    `artifacts-us-east-1/team/${keyOf(artifact)}`,
    `artifacts-us-west-2/team/${keyOf(artifact)}`,
  ]);
});

it.each<[string, string | null]>([
  ["no store", null],
  ["a folder", "kept"],
])("goes in the request where the environment has %s", async (_what, store) => {
  const artifact = await stored("s3://elsewhere/team", `three ${store}`);
  const packager = createPackager(scene.input([], { store }));
  expect(await packager(artifact, aws("eu-west-1"), {})).toEqual({ ZipFile: Buffer.from(`three ${store}`) });
});

it("comes from a folder as well", async () => {
  const artifact = await stored("folder", "four");
  const packager = createPackager(scene.input([], { store: "s3://artifacts" }));
  expect(await packager(artifact, aws("eu-west-1"), {})).toEqual({
    S3Bucket: "artifacts",
    S3Key: keyOf(artifact),
  });
});

it("is refused when it was replaced or deleted since it was found", async () => {
  const replaced = await stored("s3://artifacts/team", "five");
  const bucket = objects("artifacts");
  const key = `team/${keyOf(replaced)}`;
  await bucket.replace(key, Buffer.from("evil"), (await bucket.getTagged(key))?.etag ?? "");
  const own = scene.input([], { store: "s3://artifacts/team" });
  const other = scene.input([], { store: "s3://others" });
  expect(await codeOf(createPackager(own)(replaced, aws("eu-west-1"), {}))).toBe("SLUICE_STORE_CORRUPT");
  expect(await codeOf(createPackager(other)(replaced, aws("eu-west-1"), {}))).toBe("SLUICE_STORE_CORRUPT");
  bucket.forget(key);
  for (const input of [own, other])
    expect(await codeOf(createPackager(input)(replaced, aws("eu-west-1"), {}))).toBe(
      "SLUICE_STORED_ARTIFACT_GONE",
    );
  expect(created).toEqual([]);
});

it("is encrypted by Lambda with the key that the environment names", async () => {
  const SourceKMSKeyArn = "arn:aws:kms:eu-west-1:111111111111:key/1";
  const artifact = await scene.artifact("orders", "six");
  expect(await createPackager(scene.input([]), SourceKMSKeyArn)(artifact, aws("eu-west-1"), {})).toEqual({
    ZipFile: Buffer.from("six"),
    SourceKMSKeyArn,
  });
});
