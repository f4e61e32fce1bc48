import { spawn } from "node:child_process";
import { once } from "node:events";
import { jobEnvironment, SLUICE_BIN } from "../sluice-command.ts";
import { convergenceProblems, faultProblems } from "./judge.ts";
import type { FaultKind } from "./kinds.ts";
import type { Stage } from "./stage.ts";
import type { CallName, FaultPlan, Line } from "./station.ts";
import type { World } from "./world.ts";

/** What a process of the command came to. */
export interface Attempted {
  /** `null` when it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly line: Line;
}

/** A run with one fault, and the run after it. */
export interface Combination {
  readonly at: CallName;
  readonly kind: FaultKind;
  /** Whether the call was made, so that the fault could strike. */
  readonly struck: boolean;
  readonly exitCode: number | null;
  /** What is wrong, in words; empty when all is well. */
  readonly problems: readonly string[];
}

/** Milliseconds; one that hangs is a finding, not a reason to wait. */
const TOO_LONG = 90_000;

/** Milliseconds until a lease that nobody renews is anybody's, and a little more. */
const LEASE_OVER = 90_000;

/**
 * Runs the deployment once in a world.
 *
 * @param aheadMs - how much later AWS's clock seems
 */
export async function deploy(
  stage: Stage,
  world: World,
  plan: FaultPlan | null,
  aheadMs = 0,
): Promise<Attempted> {
  const { station, repository } = stage;
  const line = station.open(world.id, plan, aheadMs);
  const env = jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: station.endpoint,
    AWS_ACCESS_KEY_ID: world.id,
    AWS_SECRET_ACCESS_KEY: "test",
    FAULTS_ACCOUNT: world.account,
    FAULTS_WORLD: world.id,
  });
  const args = [...stage.nodeOptions, SLUICE_BIN, "deploy", "--json"];
  const child = spawn(process.execPath, args, {
    cwd: repository.path,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
  line.onKill = () => child.kill("SIGKILL");
  const timer = setTimeout(() => child.kill("SIGKILL"), TOO_LONG);
  const [exitCode] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  const text = (name: "stdout" | "stderr"): string => Buffer.concat(chunks[name]).toString("utf8");
  return { exitCode, stdout: text("stdout"), stderr: text("stderr"), line };
}

/** Whether a run with this fault may have ended without giving the environment back. */
function mayHold(kind: FaultKind): boolean {
  return kind === "line dead" || kind === "kill before" || kind === "kill after";
}

/** Runs with the fault, then without, in a world of its own; judges both. */
export async function tryCombination(stage: Stage, plan: FaultPlan): Promise<Combination> {
  const world = await stage.nextWorld();
  try {
    const first = await deploy(stage, world, plan);
    const problems = [...(await faultProblems(stage, world, first, plan))];
    await stage.station.quiet(world.id);
    // Who was killed holds the environment until its lease is over; all others have given it back.
    const second = await deploy(stage, world, null, mayHold(plan.kind) ? LEASE_OVER : 0);
    problems.push(...(await convergenceProblems(stage, world, second)));
    return { ...plan, struck: first.line.struck, exitCode: first.exitCode, problems };
  } finally {
    world.dispose();
  }
}
