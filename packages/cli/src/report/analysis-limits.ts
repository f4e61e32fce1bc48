import { MAXIMUM_UNZIPPED_BYTES } from "@sluice/artifact";
import type { Artifact } from "@sluice/core";
import { formatSize } from "./human.ts";

/** From this part of a limit on it is said: the next dependency may be the one too many. */
const NEAR = 0.8;

/** Zips below are not near the limit, which is asked of a package that a build does without. */
const WORTH_A_LOOK = 32 * 1024 * 1024;

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

function unzippedNotice({ function: name, manifest }: Artifact): string[] {
  const share = manifest.unzippedBytes / MAXIMUM_UNZIPPED_BYTES;
  if (share < NEAR) return [];
  return [
    `${name} holds ${formatSize(manifest.unzippedBytes)} unzipped: ${percent(share)} of what AWS Lambda allows, layers included (${MAXIMUM_UNZIPPED_BYTES} bytes).`,
  ];
}

function zippedNotice({ function: name, manifest }: Artifact, limitBytes: number): string[] {
  const share = manifest.sizeBytes / limitBytes;
  if (share < NEAR) return [];
  const zip = `The zip of ${name} has ${formatSize(manifest.sizeBytes)}`;
  const limit = `what AWS Lambda takes directly (${limitBytes} bytes)`;
  if (share <= 1) return [`${zip}: ${percent(share)} of ${limit}.`];
  return [
    `${zip}, more than ${limit}: it can be deployed with a store in S3 alone, store: "s3://bucket/prefix".`,
  ];
}

/** What is to be said of packages that come near AWS's limit for what is unzipped, which nothing lifts. */
export function unzippedNotices(artifacts: readonly Artifact[]): string[] {
  return artifacts.flatMap(unzippedNotice);
}

/** The same, and of the limit for zips in the request, which a store in S3 lifts: whether there is one, a build does not know. */
export async function sizeNotices(artifacts: readonly Artifact[]): Promise<string[]> {
  const bigZips = artifacts.filter(({ manifest }) => manifest.sizeBytes > WORTH_A_LOOK);
  if (bigZips.length === 0) return unzippedNotices(artifacts);
  const { DIRECT_UPLOAD_BYTES } = await import("@sluice/updater");
  return [
    ...unzippedNotices(artifacts),
    ...bigZips.flatMap((artifact) => zippedNotice(artifact, DIRECT_UPLOAD_BYTES)),
  ];
}
