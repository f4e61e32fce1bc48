import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  drawPicture,
  type Emulator,
  type GitRepository,
  provision,
  sizeOfWebp,
  startEmulator,
} from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSample, DEV, deploySample, template } from "./sample.ts";

let emulator: Emulator;
let repository: GitRepository;
let bucket: string;
let s3: S3Client;

beforeAll(async () => {
  // With IAM enforced: the function's role and the deployment's must be enough.
  emulator = await startEmulator({ env: { AUTH: "true" } });
  repository = await createSample("thumbnails");
  const place = { endpoint: emulator.endpoint, ...DEV };
  await provision({
    ...place,
    stackName: "sluice-deploy",
    template: template("deployment"),
    parameters: { TrustedPrincipals: "arn:aws:iam::999999999999:root" },
  });
  const outputs = await provision({
    ...place,
    stackName: "thumbnails-dev",
    template: template("thumbnails"),
    parameters: {
      Runtime: emulator.python,
      Architecture: process.arch === "arm64" ? "arm64" : "x86_64",
    },
  });
  bucket = outputs["BucketName"] ?? "";
  s3 = new S3Client({ ...aws(), forcePathStyle: true });
}, 120_000);
afterAll(async () => {
  s3.destroy();
  await repository.dispose();
  await emulator.stop();
});

function aws() {
  const credentials = { accessKeyId: DEV.account, secretAccessKey: "test" };
  return { endpoint: emulator.endpoint, region: DEV.region, credentials };
}

async function upload(key: string, body: Buffer): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}

async function keysBelow(prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.map(({ Key = "" }) => Key);
}

/** Waits for a picture's three thumbnails, and gives their sizes in order. */
async function thumbnailsOf(name: string): Promise<readonly string[]> {
  const prefix = `thumbnails/${name}/`;
  const written = await vi.waitFor(
    async () => {
      const keys = await keysBelow(prefix);
      expect(keys).toHaveLength(3);
      return keys;
    },
    { timeout: 60_000, interval: 100 },
  );
  expect(written).toEqual([`${prefix}1024.webp`, `${prefix}128.webp`, `${prefix}512.webp`]);
  const sizes = [128, 512, 1024].map(async (size) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${size}.webp` }));
    const { width, height } = sizeOfWebp((await answer.Body?.transformToByteArray()) ?? new Uint8Array());
    return `${width} x ${height}`;
  });
  return Promise.all(sizes);
}

/** Hands an event of S3 to what is live, and gives what it answers. */
async function handle(...keys: readonly string[]): Promise<unknown> {
  const Records = keys.map((key) => ({
    eventName: "ObjectCreated:Put",
    s3: { bucket: { name: bucket }, object: { key } },
  }));
  const lambda = new LambdaClient(aws());
  const answer = await lambda.send(
    new InvokeCommand({
      FunctionName: "thumbnails-dev",
      Qualifier: "live",
      Payload: JSON.stringify({ Records }),
    }),
  );
  lambda.destroy();
  return JSON.parse(answer.Payload?.transformToString() ?? "null");
}

async function deploy(): Promise<readonly [outcome: string, version: string]> {
  const ran = await deploySample(repository, emulator);
  expect(ran.exitCode, ran.stderr).toBe(0);
  const [target] = (JSON.parse(ran.stdout) as { targets: { outcome: string; version: string }[] }).targets;
  return [target?.outcome ?? "", target?.version ?? ""];
}

describe("thumbnails on the embedded AWS", () => {
  it("is deployed by npm run deploy, and a second time unchanged", async () => {
    expect(await deploy()).toEqual(["updated", "2"]);
    expect(await deploy()).toEqual(["unchanged", "2"]);
  }, 240_000);

  it("gives an uploaded picture back in three sizes", async () => {
    await upload("uploads/gates/dusk über dem Kanal +1.png", drawPicture(1600, 1200));
    expect(await thumbnailsOf("gates/dusk über dem Kanal +1.png")).toEqual([
      "128 x 96",
      "512 x 384",
      "1024 x 768",
    ]);
    const Key = "thumbnails/gates/dusk über dem Kanal +1.png/512.webp";
    const { ContentType, CacheControl } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
    expect([ContentType, CacheControl]).toEqual(["image/webp", "public, max-age=3600"]);
  }, 120_000);

  it("is done with what is no picture, and hears nothing of its own writing", async () => {
    await upload("uploads/no.png", Buffer.from("no picture"));
    await upload("uploads/small.png", drawPicture(40, 30));
    expect(await thumbnailsOf("small.png")).toEqual(["40 x 30", "40 x 30", "40 x 30"]);
    expect(await keysBelow("thumbnails/no.png/")).toEqual([]);
    expect(await keysBelow("thumbnails/thumbnails/")).toEqual([]);
    expect(await handle("uploads/no.png", "uploads/absent.png")).toEqual({ made: 0, skipped: 2 });
    expect(await handle("uploads/small.png")).toEqual({ made: 1, skipped: 0 });
  }, 120_000);
});
