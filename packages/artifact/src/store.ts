import { resolve } from "node:path";
import type { Artifact, Digest, ObjectStorage } from "@sluice/core";
import { artifactErrors } from "./errors.ts";
import { folderBackend } from "./store-folder.ts";
import { objectBackend } from "./store-objects.ts";
import {
  type FoundArtifact,
  findArtifact,
  getArtifact,
  hasArtifact,
  holdsArtifact,
  putArtifact,
  type StoreBackend,
  type StoredArtifact,
} from "./store-protocol.ts";

/**
 * Artifacts by digest: `artifacts/sha256/<hex>/NAME.zip` and `NAME.manifest.json`. What is there is never overwritten. The
 * zip is put before the manifest, so that a manifest in the store means a complete artifact.
 */
export interface ArtifactStore {
  /** As it was configured. */
  readonly location: string;
  /**
   * Puts an artifact, or finds it there. The manifest of whoever came first stays: another commit may give the same zip.
   *
   * @throws `SLUICE_ARTIFACT_CORRUPT` when the file is not what its manifest says; `SLUICE_STORE_CORRUPT` when the store
   * holds something else under this digest; for folders also those of {@link writeArtifact}
   */
  put(artifact: Artifact): Promise<StoredArtifact>;
  /**
   * Fetches both files into `folder`, verified by digest before anything is written; `null` when the store lacks either.
   *
   * @throws `SLUICE_STORE_CORRUPT`, `SLUICE_MANIFEST_INVALID`, and those of {@link writeArtifact}
   */
  get(digest: Digest, functionName: string, folder: string): Promise<Artifact | null>;
  /** Whether {@link get} would find both files. Their contents are not read. */
  has(digest: Digest, functionName: string): Promise<boolean>;
  /**
   * The manifest and where the zip is, which is not read; `null` when the store lacks the artifact.
   *
   * @throws `SLUICE_STORE_CORRUPT`, `SLUICE_MANIFEST_INVALID`
   */
  find(digest: Digest, functionName: string): Promise<FoundArtifact | null>;
  /**
   * Whether the zip is there, with the bytes of its digest; by S3's checksum where it has one, so that none of them are sent.
   *
   * @throws `SLUICE_STORE_CORRUPT` when it has others
   */
  holds(digest: Digest, functionName: string): Promise<boolean>;
}

export interface StoreOptions {
  /** Absolute path that a folder is relative to. */
  readonly root: string;
  /** Opens a bucket; asked once, and only for a location in S3. */
  readonly objects: (bucket: string) => ObjectStorage;
  /** ARN of the KMS key that objects in S3 are encrypted with; without one, with what the bucket says. */
  readonly kmsKey?: string | null;
}

/** The general rule of bucket names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

function parseObjectLocation(location: string): { bucket: string; prefix: string } {
  const [bucket = "", ...rest] = location.slice("s3://".length).split("/");
  if (!BUCKET.test(bucket)) throw artifactErrors.storeLocation(location, "it names no bucket");
  const segments = rest.filter((segment) => segment !== "");
  if (segments.some((segment) => segment === "." || segment === ".."))
    throw artifactErrors.storeLocation(location, "its prefix has a `.` or `..`");
  return { bucket, prefix: segments.map((segment) => `${segment}/`).join("") };
}

/** What is behind a location. */
export function openBackend(location: string, options: StoreOptions): StoreBackend {
  if (location.trim() === "") throw artifactErrors.storeLocation(location, "it is empty");
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1];
  if (scheme !== undefined && scheme.toLowerCase() !== "s3")
    throw artifactErrors.storeLocation(location, `${scheme}: is not supported`);
  if (/^s3:/i.test(location) && scheme === undefined)
    throw artifactErrors.storeLocation(location, "a bucket is written with two slashes, as s3://bucket");
  return scheme === undefined
    ? folderBackend(resolve(options.root, location))
    : objectBackend(parseObjectLocation(location), options.objects, options.kmsKey);
}

/**
 * Opens the store at `location`: `s3://bucket/prefix`, or a folder relative to `root`. Nothing is read or written yet.
 *
 * @throws `SLUICE_STORE_LOCATION_INVALID`
 */
export function openStore(location: string, options: StoreOptions): ArtifactStore {
  const backend = openBackend(location, options);
  return {
    location,
    put: (artifact) => putArtifact(backend, artifact),
    get: (digest, functionName, folder) => getArtifact(backend, digest, functionName, folder),
    has: (digest, functionName) => hasArtifact(backend, digest, functionName),
    find: (digest, functionName) => findArtifact(backend, digest, functionName),
    holds: (digest, functionName) => holdsArtifact(backend, digest, functionName),
  };
}
