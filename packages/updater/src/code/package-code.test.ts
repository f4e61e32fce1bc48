import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { digestToCodeSha256 } from "@sluice/artifact";
import type { Aws } from "@sluice/aws";
import type { ObjectStorage } from "@sluice/core";
import { isSluiceError } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fakeFunction, fakeLambda } from "../testing/fake-lambda.ts";
import { memoryObjects } from "../testing/memory-objects.ts";
import { clockedContext, openScene, type Scene, strategyOn } from "../testing/scene.ts";
import { createPackager, goesByBucket } from "./package-code.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

/** AWS with buckets in memory; `puts` has what was written, per region. */
function bucketsIn(region: string, puts: string[]): Aws {
  const opened = new Map<string, ObjectStorage>();
  const objects = (bucket: string): ObjectStorage => {
    const storage =
      opened.get(bucket) ?? memoryObjects(bucket, (key) => puts.push(`${region} ${bucket}/${key}`));
    opened.set(bucket, storage);
    return storage;
  };
  return { scope: { region, profile: null, role: null }, objects } as unknown as Aws;
}

it("puts an artifact into the store once per region, however many targets ask at once", async () => {
  const artifact = await scene.artifact("orders", "bytes");
  const packager = createPackager(scene.input([artifact], { store: "s3://bucket/releases" }));
  const puts: string[] = [];
  const regions = ["eu-west-1", "us-east-1"].map((region) => bucketsIn(region, puts));
  const asked = regions.flatMap((aws) => [1, 2, 3].map(() => packager(artifact, aws, {})));
  const key = `releases/artifacts/sha256/${artifact.manifest.digest.slice(7)}/orders.zip`;
  for (const code of await Promise.all(asked)) expect(code).toEqual({ S3Bucket: "bucket", S3Key: key });
  expect(puts.filter((one) => one.endsWith(".zip")).sort()).toEqual([
    `eu-west-1 bucket/${key}`,
    `us-east-1 bucket/${key}`,
  ]);
});

it("keeps the artifact in a folder store, and sends the bytes in the request", async () => {
  const artifact = await scene.artifact("orders", "bytes");
  const packager = createPackager(scene.input([artifact], { store: "store" }));
  const code = await packager(artifact, bucketsIn("eu-west-1", []), {});
  expect(code).toEqual({ ZipFile: Buffer.from("bytes") });
  const kept = join(scene.folder, "store/artifacts/sha256", artifact.manifest.digest.slice(7), "orders.zip");
  expect(await readFile(kept, "utf8")).toBe("bytes");
});

it("refuses a store that makes no sense while planning", async () => {
  const input = scene.input([await scene.artifact("orders", "bytes")], { store: "ftp://x/y" });
  const fake = fakeLambda(fakeFunction("orders", "old"));
  const planning = async (): Promise<unknown> => strategyOn(fake).plan(input, clockedContext(scene.folder));
  const error = await planning().catch((thrown: unknown) => thrown);
  expect(isSluiceError(error) && error.code).toBe("SLUICE_STORE_LOCATION_INVALID");
  expect(fake.log).toEqual([]);
});

it("tells a bucket from a folder", () => {
  expect([null, "store", "s3://b", "S3://b/p", "./s3"].map(goesByBucket)).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});

it("agrees with the artifact package on codeSha256", async () => {
  const { manifest } = await scene.artifact("orders", "bytes");
  expect(digestToCodeSha256(manifest.digest)).toBe(manifest.codeSha256);
});
