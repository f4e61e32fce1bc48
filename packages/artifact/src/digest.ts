import { createHash, webcrypto } from "node:crypto";
import type { Digest } from "@sluice/core";
import { artifactErrors } from "./errors.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** 32 bytes in base64: the last digit before the padding carries four bits, so only every fourth one can stand there. */
const CODE_SHA_256 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Lower-case hexadecimal SHA-256 of `bytes`. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const known = new WeakMap<Uint8Array, string>();

/** The same for a content that is never changed: it is hashed once, however many ask. */
export function contentSha256(bytes: Uint8Array): string {
  const found = known.get(bytes) ?? sha256Hex(bytes);
  known.set(bytes, found);
  return found;
}

/** Hashes on another thread, so that {@link contentSha256} has the sum at hand. */
export async function learnSha256(bytes: Uint8Array): Promise<void> {
  const sum = await webcrypto.subtle.digest("SHA-256", bytes);
  known.set(bytes, Buffer.from(sum).toString("hex"));
}

/** The {@link Digest} of `bytes`. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${sha256Hex(bytes)}`;
}

/** Whether `text` is a digest in its one spelling: lower case, with its algorithm. */
export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/**
 * The 64 hexadecimal digits of a digest.
 *
 * @throws `SLUICE_DIGEST_INVALID`
 */
export function digestHex(digest: Digest): string {
  if (!isDigest(digest)) throw artifactErrors.digest(digest, "a digest");
  return digest.slice("sha256:".length);
}

/**
 * The base64 form that GetFunction's `Configuration.CodeSha256` has.
 *
 * @throws `SLUICE_DIGEST_INVALID`
 */
export function digestToCodeSha256(digest: Digest): string {
  return Buffer.from(digestHex(digest), "hex").toString("base64");
}

/**
 * The digest that AWS's base64 form stands for.
 *
 * @throws `SLUICE_DIGEST_INVALID`
 */
export function codeSha256ToDigest(codeSha256: string): Digest {
  if (!CODE_SHA_256.test(codeSha256)) throw artifactErrors.digest(codeSha256, "a codeSha256");
  return `sha256:${Buffer.from(codeSha256, "base64").toString("hex")}`;
}
