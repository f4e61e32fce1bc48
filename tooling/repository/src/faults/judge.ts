import type { Attempted } from "./attempt.ts";
import { recordProblems } from "./records.ts";
import type { Stage } from "./stage.ts";
import type { FaultPlan } from "./station.ts";
import type { Live, World } from "./world.ts";

/** The codes that the command may end with, short of a defect (1). */
const EXIT_CODES: readonly (number | null)[] = [0, 2, 3, 4, 5, 130];

interface Document {
  readonly targets?: readonly {
    readonly function: string;
    readonly outcome: string;
    readonly error: { readonly code: string } | null;
  }[];
}

/** What any run must keep to, whatever happened to it. */
function manners({ exitCode, stdout, stderr }: Attempted): string[] {
  const problems: string[] = [];
  if (!EXIT_CODES.includes(exitCode)) problems.push(`exit code ${exitCode}: ${stderr.slice(-400)}`);
  if (/^\s+at .+:\d+:\d+\)?$/m.test(stderr + stdout)) problems.push(`a stack trace: ${stderr.slice(-800)}`);
  try {
    JSON.parse(stdout);
  } catch {
    problems.push(`stdout is not one JSON document: ${stdout.slice(0, 200)}`);
  }
  return problems;
}

/** What is not as it must be when a function is said to be deployed. */
function liveProblems(stage: Stage, name: string, live: Live): string[] {
  const { scenario, codeSha256 } = stage;
  const wanted = codeSha256[name] ?? "";
  const problems: string[] = [];
  // A rollback moves the alias alone, where there is one.
  const latestIsLive = scenario.goesBack !== true || scenario.alias === null;
  if (latestIsLive && live.latest !== wanted) problems.push(`${name}: $LATEST has other code`);
  const published = [...live.versions.values()];
  if (!published.includes(wanted)) problems.push(`${name}: no version has the code`);
  // Code that comes back after other code is a new version.
  const isTwice = published.some((code, index) => code === wanted && code === published[index - 1]);
  if (isTwice && !stage.publishesTwice) problems.push(`${name}: the code was published twice`);
  if (scenario.alias === null) return problems;
  if (live.versions.get(live.aliasVersion ?? "") !== wanted)
    problems.push(`${name}: the alias stands on ${live.aliasVersion}, which has other code`);
  if (Object.keys(live.weights).length > 0) problems.push(`${name}: weights ${JSON.stringify(live.weights)}`);
  if (!live.description.includes(stage.commit.slice(0, 12)) || /rollout/.test(live.description))
    problems.push(`${name}: the alias is described as ${JSON.stringify(live.description)}`);
  return problems;
}

/** After the run with the fault: what it says is so. */
export async function faultProblems(
  stage: Stage,
  world: World,
  run: Attempted,
  { kind }: FaultPlan,
): Promise<string[]> {
  if (run.exitCode === null) {
    if (kind.startsWith("kill") && run.line.struck) return [];
    return [`it hung: ${run.stderr.slice(-400)}`];
  }
  const problems = manners(run);
  if (problems.length > 0) return problems;
  const { targets = [] } = JSON.parse(run.stdout) as Document;
  for (const { function: name, outcome } of targets) {
    if (!stage.scenario.functions.includes(name)) continue;
    if (outcome === "conflict" || outcome === "absent")
      problems.push(`${name}: ${outcome}, and nobody else was there`);
    if (outcome === "updated" || outcome === "unchanged")
      problems.push(
        ...liveProblems(stage, name, await world.look(name)).map((each) => `says ${outcome}; ${each}`),
      );
  }
  return problems;
}

/** After the run without a fault: all is as it should be. */
export async function convergenceProblems(stage: Stage, world: World, run: Attempted): Promise<string[]> {
  const problems = manners(run);
  if (run.exitCode !== 0)
    problems.push(
      `run again: exit code ${run.exitCode}: ${run.stdout.slice(0, 900)} ${run.stderr.slice(-300)}`,
    );
  const objects = await world.objects();
  for (const name of stage.scenario.functions) {
    const live = await world.look(name);
    problems.push(...liveProblems(stage, name, live));
    if (stage.scenario.bucket) problems.push(...recordProblems(stage, world, name, live, objects));
  }
  return problems.map((each) => each.replaceAll(world.id, "WORLD"));
}
