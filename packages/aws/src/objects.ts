import { createHash } from "node:crypto";
import type { GetObjectCommandOutput, PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { ObjectPutOptions, ObjectStorage, RunContext, TaggedObject } from "@sluice/core";
import type { CallCounter } from "./attempt.ts";
import { classifyAwsError } from "./classify.ts";
import { requestTimeout, type Sending, send } from "./client.ts";
import { storage } from "./errors.ts";
import { awsProblem, note } from "./problem.ts";
import type { Quotas } from "./quotas.ts";
import { noteDate, type S3Loader } from "./s3-client.ts";

/** Times that a body is fetched, or a conditional write is tried while another one is under way. */
const TRIES = 4;

/** Milliseconds between them. */
const PAUSE = 200;

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}

interface Named {
  readonly name?: string;
}

/** There is no such key: `NoSuchKey` for a body, `NotFound` for a head, which has no body to say more. */
function isAbsent(error: unknown): boolean {
  const name = (error as Named | null)?.name;
  return name === "NoSuchKey" || name === "NotFound";
}

/** Where S3 says that the bucket is, of a request that went to another region. */
function bucketRegionOf(error: unknown): string | undefined {
  const { $response } = (error ?? {}) as { $response?: { headers?: Readonly<Record<string, string>> } };
  return $response?.headers?.["x-amz-bucket-region"];
}

/**
 * A bucket, as the little that Sluice needs of it. What is absent is `null`; every other error is one of `awsProblem`.
 * Needs `s3:GetObject`, `s3:PutObject`, and `s3:ListBucket`, without which S3 calls an absent object forbidden.
 */
export function createObjects(
  context: RunContext,
  load: S3Loader,
  bucket: string,
  region: string,
  quotas: Quotas,
  calls?: CallCounter,
): ObjectStorage {
  const sending = (operation: string, bytes: number): Sending => ({
    context,
    operation,
    quotas,
    calls,
    timeout: requestTimeout(bytes),
  });
  const problem = (operation: string, key: string, error: unknown): Error =>
    awsProblem(error, { operation, target: `${bucket}/${key}`, region });

  const open = async (elsewhere?: string) => ({
    sdk: await import("./sdk/s3.ts"),
    client: await load(elsewhere),
  });

  const body = async (key: string, output: GetObjectCommandOutput): Promise<Uint8Array> => {
    try {
      return (await output.Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      const where = `s3://${bucket}/${key}`;
      note(error, { endpoint: where, redact: context.redact });
      // The SDK's stream compares the checksum that `ChecksumMode` asked for; its error has no name of its own.
      throw classifyAwsError(error) === "unknown" ? storage.objectCorrupt(where, error) : error;
    }
  };

  /** What another environment's store has may be in another region: reading goes there, writing never does. */
  const get = async (key: string, tries: number, elsewhere?: string): Promise<Uint8Array | null> => {
    const { sdk, client } = await open(elsewhere);
    const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" });
    try {
      return await body(key, await send(client, command, sending("GetObject", 50_000_000)));
    } catch (error) {
      if (isAbsent(error)) return null;
      if (tries > 1 && brokeOff(error)) {
        await context.sleep(PAUSE);
        return get(key, tries - 1, elsewhere);
      }
      const actual = bucketRegionOf(error);
      if (elsewhere === undefined && actual !== undefined && actual !== region)
        return get(key, tries, actual);
      throw problem("GetObject", key, error);
    }
  };

  const getTagged = async (key: string, tries: number): Promise<TaggedObject | null> => {
    const { sdk, client } = await open();
    const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" });
    try {
      const noted = noteDate(command.middlewareStack);
      const output = await send(client, command, sending("GetObject", 0));
      const age = noted.answeredAt - (output.LastModified?.getTime() ?? Number.NaN);
      const ageMs = Number.isNaN(age) ? {} : { ageMs: Math.max(0, age) };
      return { bytes: await body(key, output), etag: output.ETag ?? "", ...ageMs };
    } catch (error) {
      if (isAbsent(error)) return null;
      if (tries <= 1 || !brokeOff(error)) throw problem("GetObject", key, error);
      await context.sleep(PAUSE);
      return getTagged(key, tries - 1);
    }
  };

  const written = (
    key: string,
    bytes: Uint8Array,
    options: ObjectPutOptions = {},
  ): PutObjectCommandInput => ({
    Bucket: bucket,
    Key: key,
    Body: bytes,
    ContentLength: bytes.byteLength,
    ChecksumSHA256: sha256(bytes),
    ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
    ...(options.kmsKey === undefined ? {} : { ServerSideEncryption: "aws:kms", SSEKMSKeyId: options.kmsKey }),
  });

  const put = async (
    key: string,
    bytes: Uint8Array,
    options: ObjectPutOptions | undefined,
    tries: number,
  ): Promise<"created" | "exists"> => {
    const { sdk, client } = await open();
    const command = new sdk.PutObjectCommand({ ...written(key, bytes, options), IfNoneMatch: "*" });
    try {
      await send(client, command, sending("PutObject", bytes.byteLength));
      return "created";
    } catch (error) {
      const kind = classifyAwsError(error);
      if (kind === "precondition") return "exists";
      // Another conditional write of this key is under way: AWS says to try again.
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
      if (kind === "conflict" && tries > 1) {
        await context.sleep(PAUSE);
        return put(key, bytes, options, tries - 1);
      }
      throw problem("PutObject", key, error);
    }
  };

  return {
    bucket,
    head: async (key) => {
      const { sdk, client } = await open();
      const command = new sdk.HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" });
      try {
        const output = await send(client, command, sending("HeadObject", 0));
        return { sizeBytes: output.ContentLength ?? 0, checksumSha256: output.ChecksumSHA256 ?? null };
      } catch (error) {
        if (isAbsent(error)) return null;
        throw problem("HeadObject", key, error);
      }
    },
    get: (key) => get(key, TRIES),
    putIfAbsent: (key, bytes, options) => put(key, bytes, options, TRIES),
    getTagged: (key) => getTagged(key, TRIES),
    replace: async (key, bytes, etag, options) => {
      const { sdk, client } = await open();
      const command = new sdk.PutObjectCommand({ ...written(key, bytes, options), IfMatch: etag });
      try {
        return (await send(client, command, sending("PutObject", bytes.byteLength))).ETag ?? "";
      } catch (error) {
        if (wasChanged(error)) return null;
        throw problem("PutObject", key, error);
      }
    },
    list: async (prefix, limit) => {
      const { sdk, client } = await open();
      const keys: string[] = [];
      let token: string | undefined;
      try {
        do {
          const command = new sdk.ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            MaxKeys: Math.min(1_000, limit - keys.length),
            ...(token === undefined ? {} : { ContinuationToken: token }),
          });
          const page = await send(client, command, sending("ListObjectsV2", 0));
          keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
          token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
        } while (token !== undefined && keys.length < limit);
      } catch (error) {
        throw problem("ListObjectsV2", prefix, error);
      }
      return keys.slice(0, limit);
    },
  };
}

/** The connection ended in the midst of the body, which the SDK reads after its retries. */
function brokeOff(error: unknown): boolean {
  const isAnswer = (error as { readonly $metadata?: unknown }).$metadata !== undefined;
  return !isAnswer && classifyAwsError(error) === "unreachable";
}

/** A conditional request about an object that is another by now, or gone (which S3 answers with 404 under `If-Match`). */
function wasChanged(error: unknown): boolean {
  const kind = classifyAwsError(error);
  return kind === "precondition" || kind === "conflict" || isAbsent(error);
}
