import type { Acts } from "./acts.ts";

/** What callers have, and what a rollback would go back to, is never deleted. */
export async function keptProblems({ stage, world }: Acts): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const name of stage.scenario.functions) {
    const { versions, aliasVersion } = await world.look(name);
    const before = String(stage.scenario.versions);
    const kept = [...versions.keys()].join(", ");
    for (const needed of [before, aliasVersion ?? ""])
      if (!versions.has(needed)) problems.push(`${name}: version ${needed} is gone, of ${kept}`);
  }
  return problems;
}
