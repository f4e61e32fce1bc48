import type { BenchmarkOptions } from "../benchmark.ts";
import { atMost } from "../rows.ts";
import type { Goal, Row, Table } from "../table.ts";
import { type Called, type CallsScene, createCallsScene, type EnvironmentName } from "./calls-scene.ts";

/** What is counted, in the order in which it is run: each goes on from where the one before left its environment. */
const CASES: readonly {
  readonly name: string;
  readonly environment: EnvironmentName;
  readonly command: "deploy" | "rollback";
  readonly wanted: "updated" | "unchanged";
  /** Lambda calls beside those that wait for the update. */
  readonly most?: number;
}[] = [
  { name: "changed", environment: "plain", command: "deploy", wanted: "updated" },
  { name: "changed, alias", environment: "alias", command: "deploy", wanted: "updated" },
  { name: "changed, alias, store", environment: "stored", command: "deploy", wanted: "updated" },
  { name: "changed, canary", environment: "canary", command: "deploy", wanted: "updated" },
  { name: "unchanged", environment: "plain", command: "deploy", wanted: "unchanged", most: 1 },
  { name: "unchanged, alias", environment: "alias", command: "deploy", wanted: "unchanged", most: 1 },
  { name: "unchanged, alias, store", environment: "stored", command: "deploy", wanted: "unchanged", most: 1 },
  // A rollout that was cut off shows in the alias alone.
  { name: "unchanged, canary", environment: "canary", command: "deploy", wanted: "unchanged", most: 2 },
  { name: "rollback", environment: "alias", command: "rollback", wanted: "updated" },
  { name: "rollback, store", environment: "stored", command: "rollback", wanted: "updated" },
];

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([operation, count]) => (count === 1 ? operation : `${operation} ×${count}`))
    .join(", ");

/** Each call that Lambda got stands in the report, and no other. */
function isReported({ lambda, reported }: Called): boolean {
  const operations = new Set([...Object.keys(lambda), ...Object.keys(reported)]);
  return [...operations].every((each) => !(each in lambda) || lambda[each] === reported[each]);
}

function goalsOf(called: Called, most: number | undefined): readonly Goal[] {
  const reported = { text: "as in the report", met: isReported(called) };
  if (most === undefined) return [reported];
  return [atMost(sum(called.lambda), most, `${most} Lambda call${most === 1 ? "" : "s"}`), reported];
}

async function counted(scene: CallsScene): Promise<{ readonly rows: Row[]; readonly notes: string[] }> {
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const { name, environment, command, wanted, most } of CASES) {
    const called = await scene.run(environment, command, wanted);
    const [lambda, others] = [sum(called.lambda), sum(called.others)];
    const goals = goalsOf(called, most);
    rows.push({ name, median: String(lambda), range: String(others), calls: String(lambda + others), goals });
    const beside = others === 0 ? "" : `; beside Lambda ${listed(called.others)}`;
    notes.push(`${name}: ${listed(called.lambda)}${beside}.`);
  }
  return { rows, notes };
}

/** Which calls a run makes for one function. */
export async function callsTable({ signal, say }: BenchmarkOptions): Promise<Table> {
  say("updater: the calls of each case");
  const scene = await createCallsScene(signal);
  try {
    const { rows, notes } = await counted(scene);
    return { title: "API calls of one function", heads: ["Lambda", "others", "all"], rows, notes };
  } finally {
    await scene.dispose();
  }
}
