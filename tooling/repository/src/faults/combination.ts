import { actsOf } from "./acts.ts";
import { type Attempted, attempt } from "./attempt.ts";
import { convergenceProblems, faultProblems } from "./judge.ts";
import type { FaultKind } from "./kinds.ts";
import type { Stage } from "./stage.ts";
import type { CallName, FaultPlan } from "./station.ts";
import type { World } from "./world.ts";

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

/** Milliseconds until a lease that nobody renews is anybody's, and a little more. */
const LEASE_OVER = 90_000;

/** Whether a run with this fault may have ended without giving the environment back. */
function mayHold(kind: FaultKind): boolean {
  return kind === "line dead" || kind === "kill before" || kind === "kill after";
}

/** What the scenario tries, after what came before it. */
async function tried(stage: Stage, world: World, plan: FaultPlan | null): Promise<Attempted> {
  const { before, args = ["deploy"] } = stage.scenario;
  await before?.(actsOf(stage, world));
  return attempt(stage, world, { args, plan });
}

/** The calls of a run that nothing disturbs. */
export async function record(stage: Stage): Promise<readonly CallName[]> {
  const world = await stage.nextWorld();
  const { exitCode, line, stdout, stderr } = await tried(stage, world, null);
  world.dispose();
  if (exitCode !== (stage.scenario.exitCode ?? 0)) throw new Error(`${stdout}${stderr}`);
  return line.calls;
}

/** Runs with the fault, then without, in a world of its own; judges both. */
export async function tryCombination(stage: Stage, plan: FaultPlan): Promise<Combination> {
  const { scenario } = stage;
  const world = await stage.nextWorld();
  try {
    const first = await tried(stage, world, plan);
    const problems = [...(await faultProblems(stage, world, first, plan))];
    await stage.station.quiet(world.id);
    // Who was killed holds the environment until its lease is over; all others have given it back.
    const acts = actsOf(stage, world, mayHold(plan.kind) ? LEASE_OVER : 0);
    const second = await (scenario.after?.(acts) ?? acts.run(scenario.args ?? ["deploy"]));
    problems.push(...(await convergenceProblems(stage, world, second)));
    problems.push(...((await scenario.problems?.(acts)) ?? []));
    return { ...plan, struck: first.line.struck, exitCode: first.exitCode, problems };
  } finally {
    world.dispose();
  }
}
