import { join } from "node:path";
import { findKeptManifest, listRemoteZip } from "@sluice/artifact";
import type { Aws } from "@sluice/aws";
import type { Digest, Manifest, PackedPackage, PlanInput, RunContext } from "@sluice/core";
import { storeOf } from "../code/package-code.ts";
import type { UpdateChange } from "../plan/plan.ts";
import { readRange } from "./read-range.ts";

/** What is in a deployment package that is live. */
export interface LiveContents {
  readonly zipBytes: number;
  /** By SHA-256 out of a manifest, by CRC-32 out of a zip's directory. */
  readonly files:
    | { readonly by: "sha256"; readonly list: Manifest["files"] }
    | { readonly by: "crc"; readonly list: Awaited<ReturnType<typeof listRemoteZip>> };
  /** `null` when nothing tells. */
  readonly packages: readonly PackedPackage[] | null;
}

/**
 * What is live, by the first that knows: the store's manifest of its digest, an earlier build's on this machine, the directory
 * of the zip that Lambda has. `null` when none does.
 */
export async function liveContents(
  input: PlanInput,
  context: RunContext,
  aws: Aws,
  change: UpdateChange,
  digest: Digest,
): Promise<LiveContents | null> {
  const found = await storeOf(input, aws)?.find(digest, change.target.function);
  const manifest = found?.manifest ?? findKeptManifest(join(input.config.root, ".sluice", "cache"), digest);
  return manifest === null ? deployedContents(context, aws, change) : contentsOf(manifest);
}

const contentsOf = ({ sizeBytes, files, packages }: Manifest): LiveContents => ({
  zipBytes: sizeBytes,
  files: { by: "sha256", list: files },
  packages: packages ?? null,
});

/** GetFunction gives a link to the zip that is valid for ten minutes; of the zip, its end is read. */
async function deployedContents(
  context: RunContext,
  aws: Aws,
  { target, state }: UpdateChange,
): Promise<LiveContents | null> {
  const qualifier = state.aliasExists && target.alias !== null ? { Qualifier: target.alias } : {};
  const answer = await aws.lambda.getFunction({ FunctionName: target.target, ...qualifier });
  const { Location: url } = answer.Code ?? {};
  const { CodeSize: zipBytes } = answer.Configuration ?? {};
  if (url === undefined || zipBytes === undefined) return null;
  const where = `the zip of ${target.target}`;
  const list = await listRemoteZip((from, to) => readRange(url, from, to, context.signal), zipBytes, where);
  return { zipBytes, files: { by: "crc", list }, packages: null };
}
