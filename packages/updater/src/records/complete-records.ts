import { type CommitEntry, type Deployments, digestToCodeSha256 } from "@sluice/artifact";
import type { Aws } from "@sluice/aws";
import type { ApplyInput, Change, RunContext, TargetReport } from "@sluice/core";
import pMap from "p-map";
import { deploymentsOf } from "../code/package-code.ts";
import type { Door } from "../settings.ts";
import { codeOf, type DeployedCode, layersOf } from "./deployed.ts";
import { treeOf } from "./known.ts";
import { recordDeployment } from "./record-deployment.ts";
import { recordPlace } from "./record-place.ts";
import { isUnrecorded, rememberUnrecorded, sayUnrecorded } from "./unrecorded.ts";

/** Records that are looked for at once: S3 has no quota that so many come near to. */
const AT_ONCE = 32;

/** A row of the report, and what it is about. */
interface Ended {
  readonly change: Change;
  readonly row: TargetReport;
}

interface Completing {
  readonly input: ApplyInput;
  readonly context: RunContext;
  readonly aws: Aws;
  readonly deployments: Deployments;
}

/**
 * Ends the records of a run: notes what the commit came to in each region, and records what is live and was not recorded, as by a
 * run that was killed. A run that finds what the last one left costs one read a region. Never throws; says what could not be
 * recorded.
 *
 * @param rows - of all changes, in their order
 */
export async function completeRecords(
  input: ApplyInput,
  context: RunContext,
  door: Pick<Door, "openAws">,
  rows: readonly TargetReport[],
): Promise<void> {
  const { profile, role, store } = input.environment;
  if (store === null) return;
  const ended = input.changes.flatMap((change, index): Ended[] => {
    const row = rows[index];
    return row === undefined ? [] : [{ change, row }];
  });
  const regions = [...new Set(ended.map(({ row }) => row.region))];
  await Promise.all(
    regions.map(async (region) => {
      const own = ended.filter(({ row }) => row.region === region);
      try {
        const aws = door.openAws(context, { region, profile, role });
        const deployments = deploymentsOf(input, aws);
        if (deployments !== null) await completeRegion({ input, context, aws, deployments }, own);
      } catch (error) {
        const [first] = own;
        if (first !== undefined) rememberUnrecorded(input, first.row, error);
      }
    }),
  );
  sayUnrecorded(input, context);
}

const isLive = ({ row }: Ended): boolean => row.outcome === "updated" || row.outcome === "unchanged";

async function completeRegion(completing: Completing, ended: readonly Ended[]): Promise<void> {
  const { input, context, deployments } = completing;
  const { name } = input.environment;
  const now = new Date(context.now()).toISOString();
  const live = ended.filter(isLive);
  const entries = live.flatMap((each) => entryOf(input, each, now) ?? []);
  const commit = indexedCommit(input);
  const failed = ended.filter((each) => !isLive(each));
  const changed = ended.some(({ row }) => row.outcome !== "unchanged" && row.outcome !== "skipped");
  if (entries.length === 0 || (!changed && commit === null)) return;
  const note = await deployments.lastNote(name);
  const updated = ended.some(({ row }) => row.outcome === "updated");
  if (!updated && (await note.has({ commit, entries, unknown: [] }))) return;
  await Promise.all([
    note.entries().then((noted) => completeUnchanged(completing, live, entries, noted)),
    commit === null ? undefined : noteCommit(completing, commit, entries),
  ]);
  // What could not be recorded is not noted either: so the next run looks for it.
  const open = live.filter(({ change }) => isUnrecorded(input, change.target));
  const unknown = [...failed, ...open].map(({ row }) => recordPlace(input.environment, row));
  const recordedOnes = entries.filter((entry) => !unknown.some(({ target }) => target === entry.target));
  await note.replace({ commit, entries: recordedOnes, unknown });
}

/** By the commit; and by its tree, so that a squashed or rebased commit with the same files finds it too. */
async function noteCommit(
  { input, deployments }: Completing,
  commit: string,
  entries: readonly CommitEntry[],
): Promise<void> {
  const { name } = input.environment;
  const tree = await treeOf(input.history, commit);
  const notes = [commit, ...(tree === null ? [] : [tree])];
  await Promise.all(notes.map((note) => deployments.writeCommit(name, note, entries)));
}

/** The commit whose code this is: nobody's when files differ from it, and a rollback's is another one. */
function indexedCommit({ command, ref }: ApplyInput): string | null {
  return command === "rollback" || ref.dirty === true ? null : ref.commit;
}

function entryOf(input: ApplyInput, { change, row }: Ended, now: string): CommitEntry | null {
  if (row.digest === null) return null;
  const { target, region } = recordPlace(input.environment, row);
  return {
    function: row.function,
    target,
    region,
    digest: row.digest,
    version: row.version,
    at: now,
    image: change.artifact?.image ?? null,
    layers: layersOf(change.artifact?.layers ?? []),
  };
}

const sameCode = (a: CommitEntry, b: CommitEntry): boolean =>
  a.target === b.target && a.region === b.region && a.digest === b.digest && a.version === b.version;

/** Records what this run found live, where no record tells of it: the run that deployed it was cut off. */
async function completeUnchanged(
  completing: Completing,
  live: readonly Ended[],
  entries: readonly CommitEntry[],
  noted: readonly CommitEntry[],
): Promise<void> {
  const { input, context, aws, deployments } = completing;
  const isNoted = ({ row }: Ended): boolean => {
    const { target } = recordPlace(input.environment, row);
    const entry = entries.find((each) => each.target === target);
    return entry === undefined || noted.some((each) => sameCode(each, entry));
  };
  const open = live.filter((each) => each.row.outcome === "unchanged" && !isNoted(each));
  await pMap(
    open,
    async ({ change, row }) => {
      const newest = await deployments.newestLive(recordPlace(input.environment, row));
      const sameVersion = row.version === null || newest?.version === row.version;
      if (newest?.digest === row.digest && sameVersion) return;
      const code = foundCode(input, change, row);
      if (code === null) return;
      const reason = "found live; the deployment itself was not recorded";
      const previous =
        newest === null ? null : { version: newest.version, codeSha256: digestToCodeSha256(newest.digest) };
      await recordDeployment(
        { input, context, aws, target: change.target, code, previous },
        { outcome: "live", version: row.version, reason },
      );
    },
    { concurrency: AT_ONCE },
  );
}

function foundCode(input: ApplyInput, { artifact }: Change, row: TargetReport): DeployedCode | null {
  if (artifact !== null) return codeOf(artifact, input);
  if (row.digest === null || row.codeSha256 === null) return null;
  const { digest, codeSha256 } = row;
  return { digest, codeSha256, commit: null, packageVersion: null, sluice: "", layers: [], image: null };
}
