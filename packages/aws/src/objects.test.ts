import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import type { ObjectStorage, SluiceError } from "@sluice/core";
import { type Edge, type EdgeAnswer, type EdgeRequest, startEdge, testContext } from "@sluice/test-kit";
import { afterEach, expect, it } from "vitest";
import { openAws } from "./aws.ts";

let edge: Edge | undefined;
afterEach(async () => {
  await edge?.stop();
  edge = undefined;
});

type Answer = (request: EdgeRequest, index: number) => EdgeAnswer;

async function open(
  answer: Answer,
): Promise<{ objects: ObjectStorage; edge: Edge; calls: Record<string, number> }> {
  edge = await startEdge(answer);
  const env = { AWS_ENDPOINT_URL_S3: edge.endpoint, AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "S" };
  const context = testContext({ cwd: tmpdir(), env, sleep: async () => {} });
  const aws = openAws(context, { region: "eu-west-1", profile: null, role: null });
  const calls = {};
  return { objects: aws.objects("artifacts", calls), edge, calls };
}

function xml(status: number, code: string, headers: Record<string, string> = {}): EdgeAnswer {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;
  return { status, headers: { "content-type": "application/xml", ...headers }, body };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

async function failing(promise: Promise<unknown>): Promise<SluiceError> {
  return promise.then(
    () => {
      throw new Error("should have failed");
    },
    (error) => error,
  );
}

it("sends a conditional write with its checksum, path-style, for the service to verify", async () => {
  const { objects, edge } = await open(() => ({ status: 200 }));
  expect(
    await objects.putIfAbsent("a/b c.zip", Buffer.from("bytes"), { contentType: "application/zip" }),
  ).toBe("created");
  const [request] = edge.requests;
  expect(request?.method).toBe("PUT");
  expect(request?.url).toMatch(/^\/artifacts\/a\/b%20c\.zip/);
  expect(request?.headers).toMatchObject({
    "if-none-match": "*",
    "x-amz-checksum-sha256": sha256("bytes"),
    "content-type": "application/zip",
    "content-length": "5",
  });
  expect(request?.headers["x-amz-checksum-crc32"]).toBeUndefined();
  expect(request?.body.toString()).toBe("bytes");
});

it("takes 412 for an object that is there", async () => {
  const { objects } = await open(() => xml(412, "PreconditionFailed"));
  expect(await objects.putIfAbsent("key", Buffer.from("bytes"))).toBe("exists");
});

it("tries again when another conditional write is under way", async () => {
  const { objects, calls } = await open((_, index) =>
    index === 0 ? xml(409, "ConditionalRequestConflict") : xml(412, "PreconditionFailed"),
  );
  expect(await objects.putIfAbsent("key", Buffer.from("bytes"))).toBe("exists");
  expect(calls).toEqual({ PutObject: 2 });
});

it("gives up on such a conflict in the end", async () => {
  const { objects, calls } = await open(() => xml(409, "ConditionalRequestConflict"));
  expect(await failing(objects.putIfAbsent("key", Buffer.from("x")))).toMatchObject({
    code: "SLUICE_AWS_CONFLICT",
  });
  expect(calls).toEqual({ PutObject: 4 });
});

it("refuses bytes that are not those of their checksum", async () => {
  const { objects } = await open(() => ({
    status: 200,
    headers: { "x-amz-checksum-sha256": sha256("original"), "content-length": "7" },
    body: "damaged",
  }));
  const error = await failing(objects.get("key"));
  expect(error).toMatchObject({ code: "SLUICE_OBJECT_CORRUPT", exitCode: 4 });
  expect(error.problems[0].where).toBe("s3://artifacts/key");
});

it("takes the checksum of a multipart upload for what it is", async () => {
  const { objects } = await open(() => ({
    status: 200,
    headers: { "x-amz-checksum-sha256": `${sha256("parts")}-2` },
    body: "bytes",
  }));
  expect(Buffer.from((await objects.get("key")) ?? []).toString()).toBe("bytes");
});

it("fetches again when the body breaks off", async () => {
  const { objects, calls } = await open((_, index) => ({
    status: 200,
    headers: { "content-length": index === 0 ? "500" : "5", connection: "close" },
    body: "bytes",
  }));
  expect(Buffer.from((await objects.get("key")) ?? []).toString()).toBe("bytes");
  expect(calls).toEqual({ GetObject: 2 });
});

it("fetches again with the entity tag, too", async () => {
  const { objects, calls } = await open((_, index) => ({
    status: 200,
    headers: { "content-length": index === 0 ? "500" : "5", etag: '"1"', connection: "close" },
    body: "bytes",
  }));
  expect(await objects.getTagged("key")).toMatchObject({ etag: '"1"' });
  expect(calls).toEqual({ GetObject: 2 });
});

it("tells a forbidden object from an absent one, and says that listing makes the difference", async () => {
  const { objects } = await open(() => ({ status: 403 }));
  const error = await failing(objects.head("key"));
  expect(error).toMatchObject({ code: "SLUICE_AWS_DENIED", exitCode: 4 });
  expect(error.hint).toContain("s3:GetObject on arn:aws:s3:::artifacts/key");
  expect(error.hint).toContain("s3:ListBucket on arn:aws:s3:::artifacts ");
});

it.each([
  ["PermanentRedirect", 301],
  ["AuthorizationHeaderMalformed", 400],
  ["IllegalLocationConstraintException", 400],
])("says where the bucket is when it is elsewhere (%s)", async (code, status) => {
  const { objects } = await open(() => xml(status, code, { "x-amz-bucket-region": "us-east-2" }));
  const error = await failing(objects.putIfAbsent("key", Buffer.from("x")));
  expect(error).toMatchObject({ code: "SLUICE_BUCKET_REGION", exitCode: 2 });
  expect(error.message).toContain("is in us-east-2, not in eu-west-1");
});

it("says so for a head, too, whose answer has no body", async () => {
  const { objects } = await open(() => ({ status: 301, headers: { "x-amz-bucket-region": "us-east-2" } }));
  expect(await failing(objects.head("key"))).toMatchObject({ code: "SLUICE_BUCKET_REGION" });
});

it("reads from where the bucket is, since it may be another environment's, and writes nowhere else", async () => {
  const regions: string[] = [];
  const { objects } = await open((request) => {
    const region = /\/(\w+-\w+-\d)\/s3\//.exec(String(request.headers.authorization))?.[1] ?? "";
    regions.push(region);
    if (region === "us-east-2") return { status: 200, body: "bytes" };
    return xml(301, "PermanentRedirect", { "x-amz-bucket-region": "us-east-2" });
  });
  expect(Buffer.from((await objects.get("key")) ?? []).toString()).toBe("bytes");
  expect(regions).toEqual(["eu-west-1", "us-east-2"]);
  expect(await failing(objects.replace("key", Buffer.from("x"), '"1"'))).toMatchObject({
    code: "SLUICE_BUCKET_REGION",
  });
});

it("tells how old an object is by S3's clock, whatever this machine's says", async () => {
  const { objects } = await open(() => ({
    status: 200,
    headers: {
      date: "Tue, 01 Jan 2030 10:00:30 GMT",
      "last-modified": "Tue, 01 Jan 2030 10:00:00 GMT",
      etag: '"7"',
    },
    body: "{}",
  }));
  expect(await objects.getTagged("key")).toMatchObject({ etag: '"7"', ageMs: 30_000 });
});

it("replaces what it has seen, and nothing else", async () => {
  const { objects, edge } = await open((_, index) =>
    index === 0 ? { status: 200, headers: { etag: '"8"' } } : xml(412, "PreconditionFailed"),
  );
  expect(await objects.replace("key", Buffer.from("x"), '"7"')).toBe('"8"');
  expect(await objects.replace("key", Buffer.from("x"), '"7"')).toBeNull();
  expect(edge.requests[0]?.headers["if-match"]).toBe('"7"');
});

it("has objects encrypted with the key that it is given", async () => {
  const { objects, edge } = await open(() => ({ status: 200, headers: { etag: '"1"' } }));
  const kmsKey = "arn:aws:kms:eu-west-1:111111111111:key/1234";
  await objects.putIfAbsent("key", Buffer.from("x"), { kmsKey });
  await objects.replace("key", Buffer.from("x"), '"1"', { kmsKey });
  await objects.putIfAbsent("key", Buffer.from("x"));
  const sent = edge.requests.map(({ headers }) => [
    headers["x-amz-server-side-encryption"],
    headers["x-amz-server-side-encryption-aws-kms-key-id"],
  ]);
  expect(sent).toEqual([
    ["aws:kms", kmsKey],
    ["aws:kms", kmsKey],
    [undefined, undefined],
  ]);
});
