import { createHash } from "node:crypto";
import { contentSha256 } from "@sluice/artifact";

/** A hash that RECORD has for a file: base64url without padding (PyPA, "Recording installed projects"). */
export interface RecordedHash {
  readonly algorithm: string;
  readonly value: string;
}

/** What `hashlib` guarantees and the specification allows: SHA-256 or better. */
const ALGORITHMS: ReadonlySet<string> = new Set(["sha256", "sha384", "sha512"]);

/** The first two columns of a line of CSV; a path with a comma or a quote is quoted. */
const LINE = /^(?:"((?:[^"]|"")*)"|([^,"]*)),([^,]*)/;

/**
 * @param text - a wheel's RECORD
 * @returns path → hash, for the files that it has one for
 */
export function parseRecord(text: string): ReadonlyMap<string, RecordedHash> {
  const hashes = new Map<string, RecordedHash>();
  for (const line of text.split(/\r?\n/)) {
    const [, quoted, plain = "", hash = ""] = LINE.exec(line) ?? [];
    const [algorithm = "", value = ""] = hash.split(/=(.*)/s);
    if (!ALGORITHMS.has(algorithm)) continue;
    hashes.set(quoted?.replaceAll('""', '"') ?? plain, { algorithm, value: value.replace(/=+$/, "") });
  }
  return hashes;
}

/** Whether `bytes` are what RECORD says. */
export function fitsRecord(bytes: Uint8Array, { algorithm, value }: RecordedHash): boolean {
  // The zip that the file goes into asks for the same sum.
  if (algorithm === "sha256") return Buffer.from(contentSha256(bytes), "hex").toString("base64url") === value;
  return createHash(algorithm).update(bytes).digest("base64url") === value;
}
