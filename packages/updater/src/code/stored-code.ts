import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type ArtifactStore, locationOf, openStore } from "@sluice/artifact";
import type { Aws, CallCounter } from "@sluice/aws";
import { type Artifact, type PlanInput, type SluiceError, sluiceError } from "@sluice/core";

/** An artifact that was found in a store is not in it any more. */
function storedArtifactGone({ manifest, stored }: Artifact): SluiceError {
  return sluiceError({
    code: "SLUICE_STORED_ARTIFACT_GONE",
    kind: "target",
    message: `The store does not have ${manifest.digest} of ${manifest.function} any more.`,
    where: stored?.uri ?? manifest.function,
    hint: "It was deleted meanwhile (a lifecycle rule on the bucket?). Build and deploy that commit again, and let the rule keep what is deployed.",
  });
}

/** The store that an artifact was taken from. */
function sourceOf({ stored }: Artifact, root: string, aws: Aws, calls: CallCounter): ArtifactStore | null {
  const location = stored === undefined ? null : locationOf(stored.uri);
  if (location === null) return null;
  return openStore(location, { root, objects: (bucket) => aws.objects(bucket, calls) });
}

/** Bucket of a location in S3. */
const bucketOf = (location: string | null): string | null =>
  /^s3:\/\/([^/]+)/i.exec(location ?? "")?.[1] ?? null;

/**
 * Where Lambda finds an artifact that was taken from the very bucket of its region; `null` when it is elsewhere. It is compared by
 * its checksum first, since somebody may have replaced it.
 *
 * @param own - location of the environment's store in this region
 * @throws SLUICE_STORED_ARTIFACT_GONE, SLUICE_STORE_CORRUPT
 */
export async function readyInBucket(
  artifact: Artifact,
  own: string | null,
  aws: Aws,
  calls: CallCounter,
): Promise<{ readonly S3Bucket: string; readonly S3Key: string } | null> {
  const { bucket = null, key = null } = artifact.stored ?? {};
  if (bucket === null || key === null || bucket !== bucketOf(own)) return null;
  const { digest, function: name } = artifact.manifest;
  const isThere = await sourceOf(artifact, "/", aws, calls)?.holds(digest, name);
  if (isThere === false) throw storedArtifactGone(artifact);
  return { S3Bucket: bucket, S3Key: key };
}

/** Gives an artifact whose zip is on this machine. */
export type Fetcher = (artifact: Artifact, aws: Aws, calls: CallCounter) => Promise<Artifact>;

/**
 * Fetches what was taken from a store and is not on this machine yet, verified, once however many targets and regions need it.
 * Nothing is fetched of what was built here.
 */
export function createFetcher({ config }: Pick<PlanInput, "config">): Fetcher {
  const fetches = new Map<string, Promise<Artifact>>();
  const fetchOne = async (artifact: Artifact, aws: Aws, calls: CallCounter): Promise<Artifact> => {
    const { path, manifest } = artifact;
    const present = await stat(path).catch(() => null);
    if (present !== null) return artifact;
    const store = sourceOf(artifact, config.root, aws, calls);
    const fetched = await store?.get(manifest.digest, manifest.function, dirname(path));
    if (!fetched) throw storedArtifactGone(artifact);
    return { ...artifact, path: fetched.path };
  };
  return (artifact, aws, calls) => {
    if (artifact.stored === undefined) return Promise.resolve(artifact);
    const once = `${artifact.manifest.function} ${artifact.manifest.digest}`;
    const pending = fetches.get(once) ?? fetchOne(artifact, aws, calls);
    fetches.set(once, pending);
    return pending;
  };
}
