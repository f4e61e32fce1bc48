import {
  codeSha256ToDigest,
  type DeploymentRecord,
  type Deployments,
  RECORD_EXISTS,
  type RecordOutcome,
  type RecordSummary,
} from "@sluice/artifact";
import { type Digest, isSluiceError } from "@sluice/core";
import { deploymentsOf } from "../code/package-code.ts";
import type { Deployed } from "./deployed.ts";
import { actorOfRun, committedAtOf, treeOf } from "./known.ts";
import { recordPlace } from "./record-place.ts";
import { rememberUnrecorded } from "./unrecorded.ts";

/** How a deployment ended. */
export interface RecordedEnd {
  readonly outcome: RecordOutcome;
  /** Function version that has the code, whether callers have it or not. */
  readonly version: string | null;
  readonly reason: string;
}

/** Times that a place in the order of records is looked for, while others take theirs at the same millisecond. */
const TRIES = 5;

/**
 * Writes down what a target was deployed. Nothing without a store. Never throws, since what was deployed is: what could not be
 * written is remembered, and said at the end of the run.
 */
export async function recordDeployment(deployed: Deployed, end: RecordedEnd): Promise<void> {
  try {
    const deployments = deploymentsOf(deployed.input, deployed.aws);
    if (deployments !== null) await write(deployments, deployed, end);
  } catch (error) {
    rememberUnrecorded(deployed.input, deployed.target, error);
  }
}

/**
 * What is asked ahead for a record that will be written at once: who deploys, and the newest records. `undefined` without a store.
 * Never rejects.
 */
export function askAhead({
  input,
  aws,
  target,
}: Pick<Deployed, "input" | "aws" | "target">): Deployed["before"] {
  if (input.environment.store === null) return undefined;
  void actorOfRun(input);
  const list = async (): Promise<readonly RecordSummary[] | null> =>
    (await deploymentsOf(input, aws)?.list(recordPlace(input.environment, target))) ?? null;
  return list().catch(() => null);
}

async function write(deployments: Deployments, deployed: Deployed, end: RecordedEnd): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const ahead = tries === 1 ? await deployed.before : null;
    const before =
      ahead ?? (await deployments.list(recordPlace(deployed.input.environment, deployed.target)));
    try {
      return await deployments.write(await recordOf(deployed, end, before));
    } catch (error) {
      if (tries >= TRIES || !isSluiceError(error) || error.code !== RECORD_EXISTS) throw error;
    }
  }
}

async function recordOf(
  { input, context, target, code, previous }: Deployed,
  { outcome, version, reason }: RecordedEnd,
  before: readonly RecordSummary[],
): Promise<DeploymentRecord> {
  const { environment, ref, command = "deploy" } = input;
  const { digest, codeSha256, commit, packageVersion, sluice, layers, image } = code;
  const place = recordPlace(environment, target);
  return {
    schema: 1,
    ...place,
    function: target.function,
    account: target.account,
    alias: target.alias,
    command,
    outcome,
    digest,
    codeSha256,
    version,
    predecessor: previous && predecessorOf(previous, before),
    commit,
    tree: await treeOf(input.history, commit),
    committedAt: code.committedAt ?? (await committedAtOf(input.history, commit)),
    dirty: command === "rollback" ? null : ref.dirty,
    branch: ref.branch,
    packageVersion,
    at: after(before[0], context.now()),
    who: await actorOfRun(input),
    reason: context.redact(reason),
    sluice,
    layers,
    image,
  };
}

/** Now; or just after the newest record, when that is ahead by some other machine's clock. */
function after(newest: RecordSummary | undefined, now: number): string {
  const earliest = newest === undefined ? now : Date.parse(newest.at) + 1;
  return new Date(Math.max(now, earliest)).toISOString();
}

function predecessorOf(
  { version, codeSha256 }: NonNullable<Deployed["previous"]>,
  before: readonly RecordSummary[],
): DeploymentRecord["predecessor"] {
  const digest = digestOrNull(codeSha256);
  const record = before.find((each) => each.outcome === "live" && each.digest === digest);
  return { version, digest, codeSha256, commit: record?.commit ?? null };
}

/** What AWS gives is a sum; what a test's double gives need not be. */
function digestOrNull(codeSha256: string | null): Digest | null {
  try {
    return codeSha256 === null ? null : codeSha256ToDigest(codeSha256);
  } catch {
    return null;
  }
}
