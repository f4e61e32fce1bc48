import { createHash } from "node:crypto";
import type { ObjectStorage } from "@sluice/core";

/** Calls that were made, as `PUT key`. */
export interface RecordedStorage extends ObjectStorage {
  readonly calls: string[];
}

/** A bucket of an S3 at `endpoint` that checks no signature, over plain HTTP. */
export async function createBucket(
  endpoint: string,
  bucket: string,
  common: Readonly<Record<string, string>> = {},
): Promise<RecordedStorage> {
  const calls: string[] = [];
  const base = `${endpoint}/${bucket}`;
  const request = async (method: string, key: string, init: RequestInit = {}): Promise<Response | null> => {
    calls.push(`${method} ${key}`);
    const headers = { ...common, ...(init.headers as Readonly<Record<string, string>> | undefined) };
    const response = await fetch(`${base}/${key}`, { method, ...init, headers });
    if (response.status === 404) return null;
    if (!response.ok && response.status !== 412) throw new Error(`${method} ${key}: ${response.status}`);
    return response;
  };
  await fetch(base, { method: "PUT", headers: common });
  return {
    bucket,
    calls,
    head: async (key) => {
      const response = await request("HEAD", key, { headers: { "x-amz-checksum-mode": "ENABLED" } });
      if (response === null) return null;
      return {
        sizeBytes: Number(response.headers.get("content-length")),
        checksumSha256: response.headers.get("x-amz-checksum-sha256"),
      };
    },
    get: async (key) => {
      const response = await request("GET", key);
      return response === null ? null : new Uint8Array(await response.arrayBuffer());
    },
    putIfAbsent: async (key, body) => {
      const checksum = createHash("sha256").update(body).digest("base64");
      const headers = { "if-none-match": "*", "x-amz-checksum-sha256": checksum };
      const response = await request("PUT", key, { headers, body: Buffer.from(body) });
      return response?.status === 412 ? "exists" : "created";
    },
    getTagged: async (key) => {
      const response = await request("GET", key);
      if (response === null) return null;
      return {
        bytes: new Uint8Array(await response.arrayBuffer()),
        etag: response.headers.get("etag") ?? "",
        ageMs:
          Date.parse(response.headers.get("date") ?? "") -
          Date.parse(response.headers.get("last-modified") ?? ""),
      };
    },
    replace: async (key, body, etag) => {
      const response = await request("PUT", key, { headers: { "if-match": etag }, body: Buffer.from(body) });
      return response === null || response.status === 412 ? null : (response.headers.get("etag") ?? "");
    },
    list: async (prefix, limit) => {
      const query = new URLSearchParams({ "list-type": "2", prefix, "max-keys": String(limit) });
      const response = await request("GET", `?${query}`);
      const text = (await response?.text()) ?? "";
      return [...text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = ""]) => key);
    },
  };
}
