import { expect, it } from "vitest";
import { createMeter } from "./meter.ts";
import type { Taken } from "./process-tree.ts";

it("takes what each counted round took, and none of what went on before it", async () => {
  const queue: Taken[] = [];
  let current: Taken = { memory: 9, cpu: 9000, processes: 9 };
  const watch = {
    start: () => {},
    take: () => {
      const taken = current;
      current = { memory: 0, cpu: 0, processes: 0 };
      return taken;
    },
  };
  const said: string[] = [];
  const meter = createMeter(watch, (line) => said.push(line));
  const contender = meter.watched({
    name: "a",
    run: async (round) => {
      current = { memory: 10 * round, cpu: 1000 * round, processes: round };
      queue.push(current);
    },
  });
  for (const round of [0, 1, 2, 3]) await contender.run(round);
  expect(meter.taken.get("a")).toEqual(queue.slice(1));
  expect(said[1]).toMatch(/^round 1, a: \d+\.\d\d s, cpu 1\.00 s$/);
  const row = meter.row({ name: "a", milliseconds: [10, 20, 30], operations: [[], [], []] });
  expect(row).toMatchObject({ name: "a", median: "0.02 s", calls: "2.00 s" });
});
