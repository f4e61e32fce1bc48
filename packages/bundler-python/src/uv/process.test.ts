import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runTool, type Tool } from "./process.ts";

const TIMEOUT = 60_000;
const shell: Tool = { command: "/bin/sh", prefix: ["-c"] };

let fixture: FsFixture;
beforeEach(async () => {
  fixture = await createFixture({ keep: "" });
});
afterEach(() => fixture.rm());

const context = { signal: new AbortController().signal };

async function pidIn(file: string): Promise<number> {
  while (!existsSync(file)) await sleep(20);
  const text = await readFile(file, "utf8");
  return text.endsWith("\n") ? Number(text) : pidIn(file);
}

async function isGone(pid: number): Promise<true> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(20);
  }
}

it("gives both streams and the exit code", { timeout: TIMEOUT }, async () => {
  const options = {
    cwd: fixture.path,
    env: { PATH: process.env["PATH"], GREETING: "hello", GONE: undefined },
  };
  const ran = await runTool(
    shell,
    ["echo $GREETING; env | grep -c GONE; echo oh >&2; exit 3"],
    context,
    options,
  );
  expect(ran).toEqual({ ok: false, stdout: "hello\n0\n", stderr: "oh\n", exitCode: 3, timedOut: false });
});

it("takes a command that does not exist as one that failed", { timeout: TIMEOUT }, async () => {
  const ran = await runTool({ command: "no-such-command", prefix: [] }, [], context, {
    cwd: fixture.path,
    env: {},
  });
  expect(ran).toMatchObject({ ok: false, exitCode: null });
  expect(ran.stderr).toMatch(/ENOENT/);
});

it("ends a command with all that it started, when cancelled or out of time", {
  timeout: TIMEOUT,
}, async () => {
  const options = { cwd: fixture.path, env: { PATH: process.env["PATH"] } };
  const script = (name: string): string => `sleep 600 & echo $! > ${name}; wait`;
  const controller = new AbortController();
  const cancelled = runTool(shell, [script("a")], { signal: controller.signal }, options);
  const first = await pidIn(fixture.getPath("a"));
  controller.abort(new Error("stop"));
  await expect(cancelled).rejects.toThrow("stop");
  expect(await isGone(first)).toBe(true);
  const slow = await runTool(shell, [script("b")], context, { ...options, timeoutMs: 1500 });
  expect(slow).toMatchObject({ ok: false, timedOut: true });
  expect(await isGone(await pidIn(fixture.getPath("b")))).toBe(true);
});
