import { readFile } from "node:fs/promises";
import {
  type ArtifactStore,
  type Deployments,
  digestOf,
  openDeployments,
  openStore,
  probeStore,
  type StoreOptions,
} from "@sluice/artifact";
import type { Aws, CallCounter } from "@sluice/aws";
import type { Artifact, PlanInput } from "@sluice/core";
import { artifactChanged } from "../errors.ts";
import { storeLocation } from "./store-regions.ts";
import { createFetcher, readyInBucket } from "./stored-code.ts";

export { goesByBucket } from "./store-regions.ts";

/** Where Lambda finds the zip: the part of UpdateFunctionCode's input that says so. */
export type PackagedCode = (
  | { readonly S3Bucket: string; readonly S3Key: string }
  | { readonly ZipFile: Uint8Array }
) & { readonly SourceKMSKeyArn?: string };

/** Gives the code of an artifact in the form in which Lambda shall take it. */
export type Packager = (artifact: Artifact, aws: Aws, calls: CallCounter) => Promise<PackagedCode>;

type Place = Pick<PlanInput, "config" | "environment">;

function storeOptions({ config, environment }: Place, aws: Aws, calls?: CallCounter): StoreOptions {
  const { kms } = environment;
  return { root: config.root, objects: (bucket) => aws.objects(bucket, calls), kmsKey: kms.store };
}

/**
 * Opens an environment's store in AWS's region; nothing is asked of it yet.
 *
 * @returns `null` when the environment has none
 * @throws SLUICE_STORE_LOCATION_INVALID
 */
export function storeOf(input: Place, aws: Aws, calls?: CallCounter): ArtifactStore | null {
  const location = storeLocation(input.environment, aws.scope.region);
  return location === null ? null : openStore(location, storeOptions(input, aws, calls));
}

/**
 * Asks an environment's store in AWS's region whether it can be used; nothing is written to it.
 *
 * @returns `null` when the environment has none
 * @throws SLUICE_STORE_LOCATION_INVALID
 */
export function storeProbe(
  input: Place,
  aws: Aws,
): { readonly location: string; ask(wanted: "read" | "write"): Promise<void> } | null {
  const location = storeLocation(input.environment, aws.scope.region);
  if (location === null) return null;
  return { location, ask: (wanted) => probeStore(location, storeOptions(input, aws), wanted) };
}

/**
 * Opens the records in an environment's store in AWS's region: those of the region's targets, and what each commit came to there.
 * Accounts that share one store have records of their own.
 *
 * @returns `null` when the environment has no store
 * @throws SLUICE_STORE_LOCATION_INVALID
 */
export function deploymentsOf(input: Place, aws: Aws, calls?: CallCounter): Deployments | null {
  const { config, environment } = input;
  const location = storeLocation(environment, aws.scope.region);
  if (location === null) return null;
  const { accounts = [] } = config.environments.find(({ name }) => name === environment.name) ?? {};
  const isShared = accounts.length > 1 && environment.store?.includes("{account}") !== true;
  const own =
    isShared && environment.account !== null
      ? `${location.replace(/\/+$/, "")}/accounts/${environment.account}`
      : location;
  return openDeployments(own, storeOptions(input, aws, calls));
}

/**
 * With a store, the artifact is put there once per region, however many targets it has; from a bucket Lambda fetches it, in
 * all other cases it goes in the request. What was taken from a store stays where it is when that is the region's own bucket.
 *
 * @param codeKey - ARN of the KMS key that Lambda shall encrypt the code with
 */
export function createPackager(input: Place, codeKey: string | null = null): Packager {
  const puts = new Map<string, Promise<PackagedCode | null>>();
  const local = createFetcher(input);
  const put = async (artifact: Artifact, aws: Aws, calls: CallCounter): Promise<PackagedCode | null> => {
    const own = storeLocation(input.environment, aws.scope.region);
    const ready = await readyInBucket(artifact, own, aws, calls);
    if (ready !== null) return ready;
    const stored = await storeOf(input, aws, calls)?.put(await local(artifact, aws, calls));
    if (stored === undefined || stored.bucket === null || stored.key === null) return null;
    return { S3Bucket: stored.bucket, S3Key: stored.key };
  };
  const key = codeKey === null ? {} : { SourceKMSKeyArn: codeKey };
  return async (artifact, aws, calls) => {
    const once = `${aws.scope.region} ${artifact.function} ${artifact.manifest.digest}`;
    const pending = puts.get(once) ?? put(artifact, aws, calls);
    puts.set(once, pending);
    const code = (await pending) ?? (await readZip(await local(artifact, aws, calls)));
    return { ...code, ...key };
  };
}

/**
 * Reads the zip, and sees to it that it is the one that was planned: Lambda would only say so when it is live.
 *
 * @throws SLUICE_ARTIFACT_CHANGED
 */
async function readZip({ path, manifest }: Artifact): Promise<PackagedCode> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null || digestOf(bytes) !== manifest.digest) throw artifactChanged(path, manifest);
  return { ZipFile: bytes };
}
