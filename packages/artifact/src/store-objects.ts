import type { Digest, ObjectPutOptions, ObjectStorage } from "@sluice/core";
import { digestOf, digestToCodeSha256 } from "./digest.ts";
import type { StoreBackend } from "./store-protocol.ts";

/** 32 bytes in base64. The checksum of a multipart upload has a suffix, and is not that of the whole object. */
const WHOLE_CHECKSUM = /^[A-Za-z0-9+/]{43}=$/;

type Comparison = "same" | "different" | "absent";

/** By the object's checksum where S3 has one of the whole, else by its bytes. */
async function compareDigest(storage: ObjectStorage, key: string, digest: Digest): Promise<Comparison> {
  const found = await storage.head(key);
  return found === null ? "absent" : compareFound(storage, key, digest, found.checksumSha256);
}

async function compareFound(
  storage: ObjectStorage,
  key: string,
  digest: Digest,
  checksum: string | null,
): Promise<Comparison> {
  if (checksum !== null && WHOLE_CHECKSUM.test(checksum))
    return checksum === digestToCodeSha256(digest) ? "same" : "different";
  const present = await storage.get(key);
  if (present === null) return "absent";
  return digestOf(present) === digest ? "same" : "different";
}

async function compare(storage: ObjectStorage, key: string, contents: Uint8Array): Promise<Comparison> {
  const found = await storage.head(key);
  if (found === null) return "absent";
  if (found.sizeBytes !== contents.length) return "different";
  return compareFound(storage, key, digestOf(contents), found.checksumSha256);
}

/** A store in a bucket, where an object is created by a conditional write and never overwritten. */
export function objectBackend(
  location: { readonly bucket: string; readonly prefix: string },
  open: (bucket: string) => ObjectStorage,
  kmsKey?: string | null,
): StoreBackend {
  let opened: ObjectStorage | undefined;
  const storage = (): ObjectStorage => {
    opened ??= open(location.bucket);
    return opened;
  };
  const at = (key: string): string => `${location.prefix}${key}`;
  const optionsOf = (key: string): ObjectPutOptions => ({
    contentType: key.endsWith(".json") ? "application/json" : "application/zip",
    ...(kmsKey ? { kmsKey } : {}),
  });
  return {
    exists: async (key) => (await storage().head(at(key))) !== null,
    read: async (key) => storage().get(at(key)),
    compare: async (key, contents) => compare(storage(), at(key), contents),
    compareDigest: async (key, digest) => compareDigest(storage(), at(key), digest),
    create: async (key, contents) => storage().putIfAbsent(at(key), contents, optionsOf(key)),
    uri: (key) => ({
      uri: `s3://${location.bucket}/${at(key)}`,
      bucket: location.bucket,
      key: at(key),
    }),
    list: async (prefix, limit) =>
      (await storage().list(at(prefix), limit)).map((key) => key.slice(location.prefix.length)),
    readTagged: async (key) => {
      const found = await storage().getTagged(at(key));
      return found && { bytes: found.bytes, tag: found.etag, ageMs: found.ageMs ?? null };
    },
    replace: async (key, contents, tag) => {
      const written =
        tag === null
          ? await storage().putIfAbsent(at(key), contents, optionsOf(key))
          : await storage().replace(at(key), contents, tag, optionsOf(key));
      if (tag !== null && written !== null) return written;
      // A new object's tag is not told; and a refusal may be that of a second attempt, the first one's answer lost.
      const present = await storage().getTagged(at(key));
      const isOurs = present !== null && Buffer.compare(present.bytes, contents) === 0;
      return isOurs ? present.etag : null;
    },
  };
}
