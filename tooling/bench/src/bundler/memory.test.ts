import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { runCommand } from "../command.ts";
import { residentBytes, treeBytes, watchMemory } from "./memory.ts";

it("reads resident memory, and none of a process that is ending", () => {
  expect(residentBytes("Name:\tnode\nVmRSS:\t   2048 kB\nThreads:\t1\n")).toBe(2048 * 1024);
  expect(residentBytes("Name:\tnode\nState:\tZ (zombie)\n")).toBe(0);
});

it.skipIf(!existsSync("/proc/self/task"))("adds up a process and its children", async () => {
  const child = `require("child_process").spawnSync(process.execPath, ["-e", "const a = Buffer.alloc(2e8, 1); setTimeout(() => a, 600)"])`;
  const memory = watchMemory();
  await runCommand(process.execPath, ["-e", child], { cwd: process.cwd(), env: {}, onStart: memory.start });
  expect(memory.stop()).toBeGreaterThan(2e8);
});

it("gives nothing for a process that is gone", () => {
  expect(treeBytes(2 ** 30)).toBe(0);
});
