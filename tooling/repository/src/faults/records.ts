import type { Stage } from "./stage.ts";
import type { Live, World } from "./world.ts";

/** As far as it is looked at here. */
interface DeploymentRecord {
  readonly command: string;
  readonly function: string;
  readonly target: string;
  readonly outcome: string;
  readonly version: string | null;
  readonly codeSha256: string;
  readonly commit: string | null;
}

/** The records of a target in a bucket whose objects are whole. */
export function recordsOf(objects: ReadonlyMap<string, string>, target: string): readonly DeploymentRecord[] {
  return [...objects]
    .filter(([key]) => key.includes(`/deployments/dev/${target}/`) && key.endsWith(".json"))
    .map(([, text]) => JSON.parse(text) as DeploymentRecord);
}

/** What is wrong with the records of a target: each is whole, and what is live has one that says so. */
export function recordProblems(
  stage: Stage,
  world: World,
  name: string,
  live: Live,
  objects: ReadonlyMap<string, string>,
): string[] {
  const problems: string[] = [];
  for (const [key, text] of objects) {
    if (key.endsWith(".zip")) continue;
    try {
      JSON.parse(text);
    } catch {
      problems.push(`${key} is not whole`);
    }
  }
  if (problems.length > 0) return problems;
  const { recordedAs = "deploy", alias } = stage.scenario;
  const own = recordsOf(objects, world.targetOf(name)).filter(
    ({ command, outcome, codeSha256, version }) =>
      command === recordedAs &&
      outcome === "live" &&
      codeSha256 === stage.codeSha256[name] &&
      (alias === null || version === live.aliasVersion),
  );
  if (own.length !== 1) problems.push(`${name}: ${own.length} records of what is live`);
  const index = [...objects.keys()].filter((key) =>
    key.includes(`/deployments/dev/.commits/${stage.commit}/`),
  );
  if (index.length === 0) problems.push(`${name}: the commit has no index`);
  return problems;
}
