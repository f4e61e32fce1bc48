import { createHash } from "node:crypto";
import type { ObjectStorage } from "@sluice/core";
import type { StoreBackend } from "./store-protocol.ts";

/** 32 bytes in base64. The checksum of a multipart upload has a suffix, and is not that of the whole object. */
const WHOLE_CHECKSUM = /^[A-Za-z0-9+/]{43}=$/;

/** By the object's checksum where S3 has one of the whole, else by its bytes. */
async function compare(
  storage: ObjectStorage,
  key: string,
  contents: Uint8Array,
): Promise<"same" | "different" | "absent"> {
  const found = await storage.head(key);
  if (found === null) return "absent";
  if (found.sizeBytes !== contents.length) return "different";
  if (found.checksumSha256 !== null && WHOLE_CHECKSUM.test(found.checksumSha256)) {
    const expected = createHash("sha256").update(contents).digest("base64");
    return found.checksumSha256 === expected ? "same" : "different";
  }
  const present = await storage.get(key);
  if (present === null) return "absent";
  return Buffer.compare(present, contents) === 0 ? "same" : "different";
}

/** A store in a bucket, where an object is created by a conditional write and never overwritten. */
export function objectBackend(
  location: { readonly bucket: string; readonly prefix: string },
  open: (bucket: string) => ObjectStorage,
): StoreBackend {
  let opened: ObjectStorage | undefined;
  const storage = (): ObjectStorage => {
    opened ??= open(location.bucket);
    return opened;
  };
  const at = (key: string): string => `${location.prefix}${key}`;
  return {
    exists: async (key) => (await storage().head(at(key))) !== null,
    read: async (key) => storage().get(at(key)),
    compare: async (key, contents) => compare(storage(), at(key), contents),
    create: async (key, contents) => {
      const contentType = key.endsWith(".json") ? "application/json" : "application/zip";
      return storage().putIfAbsent(at(key), contents, { contentType });
    },
    uri: (key) => ({
      uri: `s3://${location.bucket}/${at(key)}`,
      bucket: location.bucket,
      key: at(key),
    }),
  };
}
