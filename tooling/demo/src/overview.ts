import { readLive } from "./live.ts";
import type { Narrator } from "./narrator.ts";
import { STAGES, type Stage } from "./places.ts";
import type { Traffic } from "./traffic.ts";

/** One environment with everything that is asked of it. */
export interface Observed {
  readonly stage: Stage;
  readonly traffic: Traffic;
}

/** `1.1.0 · 0a1b2c…`: the package version that Sluice wrote onto an alias, and the commit. */
function origin(description: string): string {
  const [version = "", commit = ""] = description.split(" · ");
  return commit === "" ? "stub" : `${version} @ ${commit.slice(0, 7)}`;
}

/** Shows what runs in some environments, read from AWS itself, and what each environment answers. */
export async function showOverview(
  narrator: Narrator,
  endpoint: string,
  observed: readonly Observed[],
  shown: readonly string[] = [],
): Promise<void> {
  const live = await Promise.all(STAGES.map((stage) => readLive(endpoint, stage)));
  const rows = live.flatMap((functions, index) => {
    const { name } = STAGES[index] ?? { name: "" };
    return shown.includes(name)
      ? functions.map((row) => [name, row.function, row.version, origin(row.description), row.digest])
      : [];
  });
  narrator.say("");
  if (rows.length > 0) {
    narrator.table(["environment", "function", "version", "package @ commit", "digest"], rows);
    narrator.say("");
  }
  const answers = await Promise.all(
    observed.map(async ({ stage, traffic }) => {
      const worker = live[STAGES.indexOf(stage)]?.find((row) => row.function === "orders-worker");
      const { version, order, bulk, queue } = await traffic.ask(worker?.version !== "1");
      return [stage.name, version, order, bulk, queue];
    }),
  );
  narrator.table(["environment", "GET /version", "order of 2", "order of 2000", "queue"], answers);
}
