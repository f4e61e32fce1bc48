import type { LambdaApi } from "@sluice/aws";
import type { Artifact } from "@sluice/core";
import { describe } from "../apply/describe.ts";
import { type Caller, call, failureClass } from "../call.ts";
import type { PackagedCode } from "../code/package-code.ts";
import { codeShaMismatch } from "../errors.ts";
import { type LayerVersion, readNewest } from "./layer-versions.ts";

type Input = Parameters<LambdaApi["publishLayerVersion"]>[0];
type Runtimes = NonNullable<Input["CompatibleRuntimes"]>;

/** PublishLayerVersion takes so many compatible runtimes. */
const MAXIMUM_RUNTIMES = 15;

/** Failures after which the version may have been published all the same. */
const UNCLEAR: ReadonlySet<string | null> = new Set(["unreachable", "service", "unknown"]);

/** A version with the artifact's digest. */
export interface Published {
  readonly version: LayerVersion;
  /** It was there after a failed attempt. */
  readonly found: boolean;
}

/**
 * Publishes a layer version. After a lost answer it looks whether the newest version has the digest, and never publishes blindly
 * twice.
 *
 * @throws SLUICE_CODE_SHA_MISMATCH, and AWS's errors
 */
export async function publishLayer(
  caller: Caller,
  artifact: Artifact,
  code: PackagedCode,
): Promise<Published> {
  const { manifest } = artifact;
  const { target: LayerName } = caller.target;
  const input: Input = {
    LayerName,
    Description: describe(manifest),
    Content: code,
    // AWS's own words for runtimes are an open list: the SDK's type knows those of its time.
    CompatibleRuntimes: manifest.compatibleRuntimes.slice(0, MAXIMUM_RUNTIMES) as Runtimes,
    CompatibleArchitectures: [...manifest.compatibleArchitectures],
  };
  try {
    const answer = await call(caller, "PublishLayerVersion", (lambda, calls) =>
      lambda.publishLayerVersion(input, calls),
    );
    const codeSha256 = answer.Content?.CodeSha256 ?? null;
    if (codeSha256 !== manifest.codeSha256) throw codeShaMismatch(caller.target, codeSha256, manifest);
    const version = { arn: answer.LayerVersionArn ?? "", version: String(answer.Version), codeSha256 };
    return { version, found: false };
  } catch (error) {
    if (!UNCLEAR.has(failureClass(error))) throw error;
    const newest = await readNewest(caller).catch(() => null);
    if (newest?.codeSha256 !== manifest.codeSha256) throw error;
    return { version: newest, found: true };
  }
}
