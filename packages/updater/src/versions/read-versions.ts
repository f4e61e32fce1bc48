import type { Digest } from "@sluice/core";
import type { Weights } from "../apply/weights.ts";
import { type Caller, call } from "../call.ts";
import { liveDigest } from "../status/live-digest.ts";

/** A function version: immutable, and numbered in the order of publication. */
export interface FunctionVersion {
  readonly version: string;
  /** As AWS gives it. */
  readonly codeSha256: string | null;
  readonly digest: Digest | null;
  /** Bytes that it takes of the region's code storage. */
  readonly sizeBytes: number;
  /** ISO 8601: a version is modified when it is published. */
  readonly createdAt: string | null;
  /** Empty without one. */
  readonly description: string;
}

/** An alias, and the function versions that get its calls. */
export interface AliasOfVersions {
  readonly name: string;
  readonly version: string;
  /** Shares of other function versions. */
  readonly weights: Weights;
}

/** The number of a function version; never `$LATEST`, never an alias. */
export const VERSION_NUMBER: RegExp = /^[1-9]\d*$/;

/** Most on a page: https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html */
const PAGE = 50;

/** Every published function version, the newest first: a call for 50. */
export async function readVersions(caller: Caller): Promise<readonly FunctionVersion[]> {
  const found: FunctionVersion[] = [];
  let marker: string | undefined;
  do {
    const input = { FunctionName: caller.target.target, MaxItems: PAGE, ...markerOf(marker) };
    const page = await call(caller, "ListVersionsByFunction", (lambda, calls) =>
      lambda.listVersionsByFunction(input, calls),
    );
    for (const each of page.Versions ?? []) {
      const { Version: version = "", CodeSha256: codeSha256 = null } = each;
      if (!VERSION_NUMBER.test(version)) continue;
      found.push({
        version,
        codeSha256,
        digest: liveDigest(codeSha256),
        sizeBytes: each.CodeSize ?? 0,
        createdAt: isoOf(each.LastModified),
        description: each.Description ?? "",
      });
    }
    marker = page.NextMarker || undefined;
  } while (marker !== undefined);
  return found.sort((one, other) => Number(other.version) - Number(one.version));
}

/** Every alias: a call for 50. */
export async function readAliases(caller: Caller): Promise<readonly AliasOfVersions[]> {
  const found: AliasOfVersions[] = [];
  let marker: string | undefined;
  do {
    const input = { FunctionName: caller.target.target, MaxItems: PAGE, ...markerOf(marker) };
    const page = await call(caller, "ListAliases", (lambda, calls) => lambda.listAliases(input, calls));
    for (const { Name: name = "", FunctionVersion: version = "", RoutingConfig } of page.Aliases ?? [])
      found.push({ name, version, weights: RoutingConfig?.AdditionalVersionWeights ?? {} });
    marker = page.NextMarker || undefined;
  } while (marker !== undefined);
  return found;
}

const markerOf = (marker: string | undefined): { Marker?: string } =>
  marker === undefined ? {} : { Marker: marker };

function isoOf(lastModified: string | undefined): string | null {
  const time = Date.parse(lastModified ?? "");
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
