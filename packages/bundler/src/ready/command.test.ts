import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ResolvedFunction } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, unpacked } from "../testing/repository.ts";

let fixture: FsFixture;

beforeEach(async () => {
  fixture = await createFixture({ "package/index.js": "exports.handler = () => 1;", ".git/HEAD": "" });
  return () => fixture.rm();
});

function withCommand(command: string): ResolvedFunction {
  return functionOf("f", { source: "folder", entry: "package", command });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie, which nobody in a container may collect, is dead.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function pidIn(path: string): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    if (text.endsWith("\n")) return Number(text);
    await sleep(25);
  }
  throw new Error("The command did not start.");
}

const STUBBORN = "trap '' TERM; sleep 60 & echo $! > pid; while :; do wait; done";

describe("a build command", () => {
  it("finds what is installed in the repository", async () => {
    await fixture.writeFile("x", "");
    await fixture.mkdir("node_modules/.bin");
    await fixture.writeFile("node_modules/.bin/own-tool", "#!/bin/sh\necho made > package/x.txt\n", {
      mode: 0o755,
    });
    expect(unpacked(one(await bundleAll(fixture.path, [withCommand("own-tool")])))["x.txt"]).toBe("made\n");
  });

  it("is not waited for once it has ended, whatever it left in the background", async () => {
    const run = await bundleAll(fixture.path, [
      withCommand("sleep 20 & echo $! > pid; echo done; printf last"),
    ]);
    expect(run.context.lines.map(({ message }) => message)).toContain("f: done");
    const pid = await pidIn(fixture.getPath("pid"));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid);
  });

  it("is read to its end when it writes much", async () => {
    const run = await bundleAll(fixture.path, [withCommand("seq 200000; printf last")]);
    expect(run.context.lines).toHaveLength(200_001);
    expect(run.context.lines.at(-1)?.message).toBe("f: last");
  });

  it("is ended with all it started when the run is cancelled", async () => {
    const controller = new AbortController();
    const marker = fixture.getPath("late");
    const fn = withCommand(`(sleep 2; touch ${marker}) & wait`);
    const bundling = bundleAll(fixture.path, [fn], { context: { signal: controller.signal } });
    setTimeout(() => controller.abort(new Error("cancelled")), 200);
    await expect(bundling).rejects.toThrow("cancelled");
    await new Promise((resolve) => setTimeout(resolve, 2200));
    expect(existsSync(marker)).toBe(false);
  });

  it("is killed when it does not end by itself in time", async () => {
    const controller = new AbortController();
    const bundling = bundleAll(fixture.path, [withCommand(STUBBORN)], {
      context: { signal: controller.signal },
    });
    const pid = await pidIn(fixture.getPath("pid"));
    controller.abort(new Error("cancelled"));
    await expect(bundling).rejects.toThrow("cancelled");
    expect(isAlive(pid)).toBe(false);
  });

  it("is killed with the process that runs it", async () => {
    const script = `
      import { bundler } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
      const fn = ${JSON.stringify(withCommand(STUBBORN))}, quiet = () => {};
      const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
      const controller = new AbortController();
      process.on("SIGTERM", () => (controller.signal.aborted ? process.exit(130) : controller.abort(new Error("x"))));
      const context = { cwd: "", env: { PATH: process.env.PATH }, log, redact: String, signal: controller.signal, concurrency: 1, emit: quiet, now: Date.now, sleep: quiet };
      const config = { file: null, root: ${JSON.stringify(fixture.path)}, functions: [fn], environments: [], branches: [], plugins: [] };
      await bundler().bundle({ function: fn, all: [fn], config, ref: null, packageVersion: null }, context);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
    const exited = once(child, "exit");
    const pid = await pidIn(fixture.getPath("pid"));
    child.kill("SIGTERM");
    await sleep(300);
    child.kill("SIGTERM");
    await exited;
    await sleep(100);
    expect(isAlive(pid)).toBe(false);
  });
});
