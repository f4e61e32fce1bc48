import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { runCommand } from "./command.ts";
import { processorTime, residentBytes, sampleTree, watchTree } from "./process-tree.ts";

it("reads resident memory, and none of a process that is ending", () => {
  expect(residentBytes("Name:\tnode\nVmRSS:\t   2048 kB\nThreads:\t1\n")).toBe(2048 * 1024);
  expect(residentBytes("Name:\tnode\nState:\tZ (zombie)\n")).toBe(0);
});

it("reads processor time of a command whose name looks like further fields", () => {
  const stat = "17 (a) b 9 9) S 1 17 17 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 11 0 1000 1 1";
  expect(processorTime(stat)).toBe(3000);
});

it.skipIf(!existsSync("/proc/self/task"))("adds up a process and its children", async () => {
  const busy =
    "const a = Buffer.alloc(2e8, 1); const end = Date.now() + 800; while (Date.now() < end); setTimeout(() => a, 200)";
  const parent = `require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy)}])`;
  const watch = watchTree();
  await runCommand(process.execPath, ["-e", parent], { cwd: process.cwd(), env: {}, onStart: watch.start });
  const { memory, cpu, processes } = watch.take();
  expect(memory).toBeGreaterThan(2e8);
  expect(cpu).toBeGreaterThan(0);
  expect(processes).toBe(2);
  expect(watch.take()).toEqual({ memory: 0, cpu: 0, processes: 0 });
});

it("gives nothing for a process that is gone", () => {
  expect(sampleTree(2 ** 30)).toEqual([]);
});
