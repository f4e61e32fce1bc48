import type { TargetReport } from "@sluice/core";
import { pruneOf } from "@sluice/updater";
import { rowOfChange } from "../report/rows.ts";
import type { Session } from "../session.ts";
import type { Decision } from "./deployment.ts";

/** The rows of a dry run: what would be done, and which function versions would be deleted afterwards. */
export async function plannedRows({ places }: Decision, { context }: Session): Promise<TargetReport[]> {
  const ofPlaces = places.map(({ input, changes }) => {
    const rows = changes.map((change) => rowOfChange(change, false));
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
