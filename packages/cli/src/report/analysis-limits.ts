import { MAXIMUM_UNZIPPED_BYTES } from "@sluice/artifact";
import type { Artifact } from "@sluice/core";
import { DIRECT_UPLOAD_BYTES } from "@sluice/updater";
import { formatSize } from "./human.ts";

/** From this part of a limit on it is said: the next dependency may be the one too many. */
const NEAR = 0.8;

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

function zippedNotice({ function: name, manifest }: Artifact): string[] {
  const share = manifest.sizeBytes / DIRECT_UPLOAD_BYTES;
  if (share < NEAR) return [];
  const zip = `The zip of ${name} has ${formatSize(manifest.sizeBytes)}`;
  const limit = `what AWS Lambda takes directly (${DIRECT_UPLOAD_BYTES} bytes)`;
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
export function sizeNotices(artifacts: readonly Artifact[]): string[] {
  return artifacts.flatMap((artifact) => [...unzippedNotice(artifact), ...zippedNotice(artifact)]);
}
