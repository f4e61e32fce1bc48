import type { ObjectStorage } from "@sluice/core";

/** A bucket in memory, which forgets what somebody deletes. */
export interface MemoryObjects extends ObjectStorage {
  forget(key: string): void;
}

/** A bucket in memory, with S3's conditional requests; `onPut` is told each key that was created. */
export function memoryObjects(bucket: string, onPut: (key: string) => void = () => {}): MemoryObjects {
  const kept = new Map<string, { readonly bytes: Uint8Array; readonly etag: string }>();
  let writes = 0;
  const keep = (key: string, bytes: Uint8Array): string => {
    writes += 1;
    const etag = `"${writes}"`;
    kept.set(key, { bytes, etag });
    return etag;
  };
  return {
    bucket,
    head: async (key) => {
      const found = kept.get(key);
      return found === undefined ? null : { sizeBytes: found.bytes.length, checksumSha256: null };
    },
    get: async (key) => kept.get(key)?.bytes ?? null,
    putIfAbsent: async (key, bytes) => {
      if (kept.has(key)) return "exists";
      keep(key, bytes);
      onPut(key);
      return "created";
    },
    getTagged: async (key) => kept.get(key) ?? null,
    replace: async (key, bytes, etag) => (kept.get(key)?.etag === etag ? keep(key, bytes) : null),
    forget: (key) => {
      kept.delete(key);
    },
    list: async (prefix, limit) =>
      [...kept.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort()
        .slice(0, limit),
  };
}
