import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Artifact, Digest, Manifest } from "@sluice/core";
import { artifactFileNames, mismatch, writeFiles } from "./artifact-files.ts";
import { digestHex, digestOf } from "./digest.ts";
import { artifactErrors } from "./errors.ts";
import { readOrNull } from "./file-errors.ts";
import { formatManifest, parseManifest } from "./manifest.ts";

/** Where a zip stands in a store. */
export interface StoredArtifact {
  readonly digest: Digest;
  /** `s3://bucket/key`, or a `file:` URL. */
  readonly uri: string;
  /** `null` in a folder, as is the key. */
  readonly bucket: string | null;
  readonly key: string | null;
  /** Whether this call put it there; otherwise it was there already. */
  readonly uploaded: boolean;
}

/** What a store is kept in. Keys are relative, with forward slashes. */
export interface StoreBackend {
  exists(key: string): Promise<boolean>;
  /** `null` when there is nothing. */
  read(key: string): Promise<Uint8Array | null>;
  /** Compares what is there with `contents`. */
  compare(key: string, contents: Uint8Array): Promise<"same" | "different" | "absent">;
  /** Compares the digest of what is there. */
  compareDigest(key: string, digest: Digest): Promise<"same" | "different" | "absent">;
  /** Puts `contents` there, whole, unless something is there. */
  create(key: string, contents: Uint8Array): Promise<"created" | "exists">;
  uri(key: string): Pick<StoredArtifact, "uri" | "bucket" | "key">;
  /** Keys below a prefix that ends with a slash, in lexical order, `limit` at most. */
  list(prefix: string, limit: number): Promise<readonly string[]>;
  /** What {@link replace} wrote there last; `null` when it did not. */
  readTagged(key: string): Promise<TaggedContents | null>;
  /**
   * Puts `contents` there, whole, if what is there has this tag, or with `null` if there is nothing. No two contents of a key may
   * be the same.
   *
   * @returns the new tag, or `null` when another was there
   */
  replace(key: string, contents: Uint8Array, tag: string | null): Promise<string | null>;
}

/** Something that is replaced under one name, and told apart from what was there before by its tag. */
export interface TaggedContents {
  readonly bytes: Uint8Array;
  readonly tag: string;
  /** Milliseconds since it was written, by the store's own clock; `null` where the store does not tell. */
  readonly ageMs: number | null;
}

/** An artifact in a store, as its manifest tells. */
export interface FoundArtifact {
  readonly manifest: Manifest;
  readonly stored: NonNullable<Artifact["stored"]>;
}

function keysOf(digest: Digest, functionName: string): { zip: string; manifest: string } {
  const folder = `artifacts/sha256/${digestHex(digest)}`;
  const names = artifactFileNames(functionName);
  return { zip: `${folder}/${names.zip}`, manifest: `${folder}/${names.manifest}` };
}

/** Checks the manifest of a stored artifact: it must be of this digest and function. */
function readStoredManifest(bytes: Uint8Array, digest: Digest, functionName: string, uri: string): Manifest {
  const manifest = parseManifest(Buffer.from(bytes).toString("utf8"), uri);
  if (manifest.digest !== digest)
    throw artifactErrors.storeCorrupt(uri, `the manifest is that of ${manifest.digest}`);
  if (manifest.function !== functionName)
    throw artifactErrors.storeCorrupt(uri, `the manifest is that of ${JSON.stringify(manifest.function)}`);
  return manifest;
}

/** Whether the zip was put there by this call. It is looked at first, so that no bytes are sent for nothing. */
async function putZip(backend: StoreBackend, key: string, bytes: Uint8Array): Promise<boolean> {
  let found = await backend.compare(key, bytes);
  if (found === "absent") {
    if ((await backend.create(key, bytes)) === "created") return true;
    found = await backend.compare(key, bytes);
  }
  if (found !== "same")
    throw artifactErrors.storeCorrupt(backend.uri(key).uri, "the zip there has other contents");
  return false;
}

/** Puts the manifest, or checks the one that is there. */
async function putManifest(
  backend: StoreBackend,
  key: string,
  manifest: Manifest,
  isNew: boolean,
): Promise<void> {
  const contents = Buffer.from(formatManifest(manifest));
  let present = isNew ? null : await backend.read(key);
  if (present === null) {
    if ((await backend.create(key, contents)) === "created") return;
    present = await backend.read(key);
  }
  if (present !== null) readStoredManifest(present, manifest.digest, manifest.function, backend.uri(key).uri);
}

export async function putArtifact(backend: StoreBackend, artifact: Artifact): Promise<StoredArtifact> {
  const { manifest } = artifact;
  const keys = keysOf(manifest.digest, manifest.function);
  const bytes = await readOrNull(readFile(artifact.path), artifact.path);
  if (bytes === null) throw artifactErrors.artifactCorrupt(artifact.path, "the zip is not there any more");
  const difference = mismatch(bytes, manifest);
  if (difference !== null) throw artifactErrors.artifactCorrupt(artifact.path, difference);
  const uploaded = await putZip(backend, keys.zip, bytes);
  await putManifest(backend, keys.manifest, manifest, uploaded);
  return { digest: manifest.digest, ...backend.uri(keys.zip), uploaded };
}

export async function getArtifact(
  backend: StoreBackend,
  digest: Digest,
  functionName: string,
  folder: string,
): Promise<Artifact | null> {
  const keys = keysOf(digest, functionName);
  const [bytes, text] = await Promise.all([backend.read(keys.zip), backend.read(keys.manifest)]);
  if (bytes === null || text === null) return null;
  const { uri } = backend.uri(keys.zip);
  const found = digestOf(bytes);
  if (found !== digest) throw artifactErrors.storeCorrupt(uri, `the digest of the zip there is ${found}`);
  const manifest = readStoredManifest(text, digest, functionName, backend.uri(keys.manifest).uri);
  const difference = mismatch(bytes, manifest);
  if (difference !== null) throw artifactErrors.storeCorrupt(uri, difference);
  const path = await writeFiles(folder, functionName, bytes, Buffer.from(text).toString("utf8"));
  return { function: functionName, path, manifest, cached: true };
}

export async function hasArtifact(
  backend: StoreBackend,
  digest: Digest,
  functionName: string,
): Promise<boolean> {
  const keys = keysOf(digest, functionName);
  const [zip, manifest] = await Promise.all([backend.exists(keys.zip), backend.exists(keys.manifest)]);
  return zip && manifest;
}

export async function findArtifact(
  backend: StoreBackend,
  digest: Digest,
  functionName: string,
): Promise<FoundArtifact | null> {
  const keys = keysOf(digest, functionName);
  const text = await backend.read(keys.manifest);
  if (text === null) return null;
  const manifest = readStoredManifest(text, digest, functionName, backend.uri(keys.manifest).uri);
  return { manifest, stored: backend.uri(keys.zip) };
}

export async function holdsArtifact(
  backend: StoreBackend,
  digest: Digest,
  functionName: string,
): Promise<boolean> {
  const { zip } = keysOf(digest, functionName);
  const found = await backend.compareDigest(zip, digest);
  if (found === "different")
    throw artifactErrors.storeCorrupt(backend.uri(zip).uri, "the zip there has other contents");
  return found === "same";
}

/** The location of the store that a zip is in, told by where the zip is; `null` when it is in none. */
export function locationOf(uri: string): string | null {
  const at = uri.lastIndexOf("/artifacts/sha256/");
  if (at < 0) return null;
  const location = uri.slice(0, at);
  return location.startsWith("file:") ? fileURLToPath(location) : location;
}
