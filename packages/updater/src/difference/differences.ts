import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listZip, packedPackages, readInventory } from "@sluice/artifact";
import { openAws, resolveRegions } from "@sluice/aws";
import type {
  Artifact,
  Change,
  Difference,
  FileEntry,
  PackedPackage,
  PlanInput,
  RunContext,
} from "@sluice/core";
import pMap from "p-map";
import { STRATEGY, type UpdateChange } from "../plan/plan.ts";
import type { Door } from "../settings.ts";
import { liveDigest } from "../status/live-digest.ts";
import { compareFiles, comparePackages } from "./compare.ts";
import { type LiveContents, liveContents } from "./live-contents.ts";

/** Targets looked at at once: each may read a part of a zip. */
const AT_ONCE = 4;

/**
 * What each change would change of what is live: files with their sizes, and versions of packages. For showing a plan alone: it
 * reads more than deciding does, and whatever it cannot read is left out.
 *
 * @param door - another way to AWS, for tests
 */
export async function differences(
  input: PlanInput,
  changes: readonly Change[],
  context: RunContext,
  door: Door = { openAws, resolveRegions },
): Promise<ReadonlyMap<Change, Difference>> {
  const found = new Map<Change, Difference>();
  const look = async (change: UpdateChange): Promise<void> => {
    try {
      const difference = await differenceOf(input, change, context, door);
      if (difference !== null) found.set(change, difference);
    } catch (error) {
      const { target, region } = change.target;
      context.log.debug(`What changes in ${target} in ${region} cannot be told: ${(error as Error).message}`);
    }
  };
  await pMap(changes.filter(isUpdate), look, { concurrency: AT_ONCE });
  return found;
}

function isUpdate(change: Change): change is UpdateChange {
  return change.strategy === STRATEGY && (change.action === "update" || change.action === "move-alias");
}

async function differenceOf(
  input: PlanInput,
  change: UpdateChange,
  context: RunContext,
  door: Door,
): Promise<Difference | null> {
  const { artifact, currentCodeSha256, target } = change;
  const from = liveDigest(currentCodeSha256);
  if (artifact === null || artifact.image !== undefined || from === null) return null;
  if (from === artifact.manifest.digest) return null;
  const { profile, role } = input.environment;
  const aws = door.openAws(context, { region: target.region, profile, role });
  const live = await liveContents(input, context, aws, change, from);
  if (live === null) return null;
  const after = packagesOf(artifact, input);
  const isKnown = live.packages !== null && after !== null;
  return {
    from,
    files: await filesThatDiffer(live.files, artifact),
    packages: isKnown ? comparePackages(live.packages, after) : null,
    zipBytes: { before: live.zipBytes, after: artifact.manifest.sizeBytes },
  };
}

async function filesThatDiffer(
  live: LiveContents["files"],
  artifact: Artifact,
): Promise<Difference["files"]> {
  if (live.by === "sha256")
    return compareFiles(live.list.map(bySha256), artifact.manifest.files.map(bySha256));
  const own = listZip(await readFile(artifact.path), artifact.path);
  return compareFiles(live.list.map(byCrc), own.map(byCrc));
}

const bySha256 = ({ path, size, sha256, mode }: FileEntry) => ({
  path,
  size,
  mark: `${sha256} ${mode}`,
});

const byCrc = ({ path, size, crc }: { path: string; size: number; crc: number }) => ({
  path,
  size,
  mark: crc,
});

function packagesOf(
  { manifest, function: name }: Artifact,
  { config }: PlanInput,
): readonly PackedPackage[] | null {
  if (manifest.packages !== undefined) return manifest.packages;
  const inventory = readInventory(join(config.root, ".sluice", "cache"), name);
  return inventory === null ? null : packedPackages(inventory);
}
