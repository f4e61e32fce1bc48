import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { testContext } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TargetRun } from "../apply/target-run.ts";
import { manifestOf } from "../testing/scene.ts";
import { testByCommand } from "./command.ts";
import type { Rejection } from "./errors.ts";

let fixture: FsFixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.rm());

const PATH = process.env["PATH"] ?? "";

function runOf(signal: AbortSignal, env: Record<string, string>): TargetRun {
  const cwd = fixture.path;
  return {
    context: testContext({ cwd, signal, env: { PATH, ...env } }),
    input: {
      config: { root: cwd },
      environment: { name: "dev", profile: "team", role: null },
      ref: { commit: null },
    },
    target: {
      function: "orders",
      target: "orders-dev",
      region: "eu-west-1",
      account: "111111111111",
      alias: "live",
    },
    artifact: { manifest: manifestOf("orders", "new") },
  } as unknown as TargetRun;
}

interface Given {
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  readonly env?: Record<string, string>;
}

const run = (command: string, given: Given = {}): Promise<Rejection | null> => {
  const { timeoutSeconds = 60, signal = new AbortController().signal, env = {} } = given;
  return testByCommand(runOf(signal, env), "7", { kind: "command", command, timeoutSeconds });
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("a command", () => {
  it("passes with exit code 0, in the repository's root, and knows what it tests", async () => {
    const names = [
      "FUNCTION",
      "TARGET",
      "REGION",
      "ACCOUNT",
      "ENVIRONMENT",
      "VERSION",
      "ALIAS",
      "DIGEST",
      "COMMIT",
    ];
    const words = [
      ...names.map((name) => `$SLUICE_${name}`),
      "$AWS_REGION",
      "$AWS_PROFILE",
      "$AWS_ENDPOINT_URL",
    ];
    const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
    expect(await run(`echo ${words.join(" ")} > told`, { env })).toBeNull();
    const { digest, commit } = manifestOf("orders", "new");
    expect(readFileSync(join(fixture.path, "told"), "utf8").trim()).toBe(
      `orders orders-dev eu-west-1 111111111111 dev 7 live ${digest} ${commit} eu-west-1 team http://127.0.0.1:1`,
    );
  });

  it("finds what the repository has installed", async () => {
    await fixture.mkdir("node_modules/.bin");
    await fixture.writeFile("node_modules/.bin/smoke", "#!/bin/sh\nexit 3\n", { mode: 0o755 });
    expect(await run("smoke")).toMatchObject({ kind: "failed", why: "`smoke` ended with exit code 3" });
  });

  it("shows the last lines of both outputs, redacted", async () => {
    const env = { API_TOKEN: "s3cret-s3cret" };
    const rejection = await run('seq 30; echo "got $API_TOKEN" >&2; exit 1', { env });
    expect(rejection?.lines).toHaveLength(20);
    expect(rejection?.lines).toContain("30");
    expect(rejection?.lines).toContain("got [redacted]");
    expect(JSON.stringify(rejection)).not.toContain("s3cret");
  });

  it.each(["no-such-command-anywhere", "./not-executable"])(
    "that cannot be run is not run: %s",
    async (command) => {
      await fixture.writeFile("not-executable", "#!/bin/sh\n", { mode: 0o644 });
      expect(await run(command)).toMatchObject({ kind: "not-run" });
    },
  );

  it("is ended with all that it has started when its time is up", async () => {
    const rejection = await run("sleep 60 & echo $! > pid; wait", { timeoutSeconds: 0.5 });
    expect(rejection).toMatchObject({
      kind: "failed",
      why: expect.stringContaining("was ended after 0.5 s"),
    });
    const pid = Number(readFileSync(join(fixture.path, "pid"), "utf8"));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 5_000);
  });

  it("has time to clean up when the run is interrupted", async () => {
    const controller = new AbortController();
    const command = "trap 'sleep 0.3; touch cleaned; exit 1' TERM; touch begun; while :; do sleep 0.1; done";
    const running = run(command, { signal: controller.signal });
    while (!existsSync(join(fixture.path, "begun"))) await delay(20);
    controller.abort(new Error("stop"));
    expect(await running).toMatchObject({ kind: "not-run", why: expect.stringContaining("interrupted") });
    expect(existsSync(join(fixture.path, "cleaned"))).toBe(true);
  });

  it("is killed when it does not end", async () => {
    const rejection = await run("trap '' TERM; echo $$ > pid; while :; do sleep 0.1; done", {
      timeoutSeconds: 0.5,
    });
    expect(rejection).toMatchObject({ kind: "failed" });
    expect(isAlive(Number(readFileSync(join(fixture.path, "pid"), "utf8")))).toBe(false);
  }, 60_000);

  it("runs beside no more than the run's concurrency allows", async () => {
    const one = runOf(new AbortController().signal, {});
    const command = "mkdir busy && sleep 0.2 && rmdir busy";
    const test = { kind: "command", command, timeoutSeconds: 60 } as const;
    const single = { ...one, context: { ...one.context, concurrency: 1 } };
    const ended = await Promise.all([1, 2, 3].map(() => testByCommand(single, "7", test)));
    expect(ended).toEqual([null, null, null]);
  });

  it("is not waited for once it has ended, whatever it left in the background", async () => {
    expect(await run("sleep 60 & echo $! > pid")).toBeNull();
    process.kill(Number(readFileSync(join(fixture.path, "pid"), "utf8")));
  });
});
