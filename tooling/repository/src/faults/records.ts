import type { Stage } from "./stage.ts";
import type { Live, World } from "./world.ts";

interface DeploymentRecord {
  readonly function: string;
  readonly target: string;
  readonly outcome: string;
  readonly version: string | null;
  readonly codeSha256: string;
  readonly commit: string | null;
}

/** The records of a target, by key. */
function recordsOf(
  objects: ReadonlyMap<string, string>,
  target: string,
): readonly { readonly key: string; readonly text: string }[] {
  return [...objects]
    .filter(([key]) => key.includes(`/deployments/dev/${target}/`) && key.endsWith(".json"))
    .map(([key, text]) => ({ key, text }));
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
  const records: DeploymentRecord[] = [];
  for (const [key, text] of objects) {
    if (key.endsWith(".zip")) continue;
    try {
      JSON.parse(text);
    } catch {
      problems.push(`${key} is not whole`);
    }
  }
  if (problems.length > 0) return problems;
  for (const { text } of recordsOf(objects, world.targetOf(name)))
    records.push(JSON.parse(text) as DeploymentRecord);
  const wanted = stage.codeSha256[name];
  const own = records.filter(
    ({ outcome, codeSha256, version }) =>
      outcome === "live" && codeSha256 === wanted && version === live.aliasVersion,
  );
  if (own.length !== 1) problems.push(`${name}: ${own.length} records of what is live`);
  const index = [...objects.keys()].filter((key) =>
    key.includes(`/deployments/dev/.commits/${stage.commit}/`),
  );
  if (index.length === 0) problems.push(`${name}: the commit has no index`);
  return problems;
}
