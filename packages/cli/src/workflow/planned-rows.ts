import type { Change, Difference, TargetReport } from "@sluice/core";
import { differences, pruneOf } from "@sluice/updater";
import { rowOfChange } from "../report/rows.ts";
import type { Session } from "../session.ts";
import type { Decision } from "./deployment.ts";

/**
 * The rows of a dry run: what would be done, and which function versions would be deleted afterwards.
 *
 * @param inFull - also what the new code changes of what is live
 */
export async function plannedRows(
  { places }: Decision,
  inFull: boolean,
  { context }: Session,
): Promise<TargetReport[]> {
  const ofPlaces = places.map(async ({ input, changes }) => {
    const found = inFull ? await differences(input, changes, context) : new Map<Change, Difference>();
    const rows = changes.map((change): TargetReport => {
      const difference = found.get(change);
      const row = rowOfChange(change, false);
      return difference === undefined ? row : { ...row, difference };
    });
    return pruneOf({ ...input, changes }, context, rows);
  });
  const rows = (await Promise.all(ofPlaces)).flat();
  for (const { target, region, prunedVersions = [] } of rows) {
    if (prunedVersions.length === 0) continue;
    const message = `${target} in ${region}: would delete old function versions: ${prunedVersions.join(", ")}`;
    context.emit({ type: "notice", message });
  }
  return rows;
}
