import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEdge } from "@sluice/test-kit";
import { expect, it } from "vitest";
import { runCommand } from "../command.ts";
import type { ProbeEvent } from "./probe.ts";

const PROBE = fileURLToPath(new URL("../../dist/deploy/probe.js", import.meta.url));

const SCRIPT = `
import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
statSync("script.mjs");
await readFile("script.mjs");
const { stdout } = await promisify(execFile)(process.execPath, ["-e", "console.log('child')"]);
process.stdout.write(stdout);
await new Promise((resolve) => new Worker("", { eval: true }).once("exit", resolve));
await new Promise((resolve) => get(process.env.TARGET + "/path", (response) => response.resume().on("end", resolve)));
`;

it("records what a process reads, starts and calls, and lets it work as before", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-probe-"));
  const edge = await startEdge(() => ({ status: 200, body: "x" }));
  try {
    await writeFile(join(folder, "script.mjs"), SCRIPT);
    const file = join(folder, "events.json");
    const env = { SLUICE_BENCH_PROBE: file, TARGET: edge.endpoint };
    const args = ["--import", PROBE, "script.mjs"];
    expect(await runCommand(process.execPath, args, { cwd: folder, env })).toBe("child\n");
    const events = JSON.parse(await readFile(file, "utf8")) as ProbeEvent[];
    const told = events.map(({ kind, what }) => `${kind} ${what}`);
    expect(told).toContain("file statSync script.mjs");
    expect(told).toContain("file readFile script.mjs");
    expect(told).toContain("request GET /path");
    expect(told.filter((each) => each.startsWith("worker"))).toHaveLength(1);
    const child = events.find(({ kind }) => kind === "process");
    expect(child?.what).toContain("console.log('child')");
    // A Node.js process takes longer to start than any machine's clock is coarse.
    expect((child?.end ?? 0) - (child?.start ?? 0)).toBeGreaterThan(5);
    expect(told.at(-1)).toBe("exit process.exit");
  } finally {
    await edge.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
