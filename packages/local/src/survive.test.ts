import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isSluiceError } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { localStatus, startLocal, stopLocal } from "./index.ts";
import { installNodes } from "./nodes.ts";
import { placesOf } from "./places.ts";
import { processesOf, startOf } from "./process-table.ts";
import { installMinistack } from "./python.ts";
import type { State } from "./state.ts";
import { testContext } from "./testing/context.ts";
import { MINISTACK_FOLDER, NODE_PACKAGES } from "./versions.ts";

/** The default: what all tests on this machine share. */
const { home } = placesOf({}, testContext({ cwd: homedir(), env: process.env }));

let fixture: FsFixture;
const context = (signal?: AbortSignal) => {
  const env = { ...process.env, TMPDIR: fixture.getPath("tmp") };
  return testContext({ cwd: fixture.getPath("repository"), env, ...(signal && { signal }) });
};
const stateFile = (): string => fixture.getPath("repository", ".sluice", "local", "state.json");
const readFolders = (): string[] => readdirSync(fixture.getPath("tmp"));

beforeAll(async () => {
  const installing = testContext({ cwd: homedir(), env: process.env });
  await installMinistack(home, installing);
  await installNodes(home, installing);
}, 600_000);
beforeEach(async () => {
  fixture = await createFixture({ repository: {}, tmp: {} });
});
afterEach(async () => {
  await stopLocal({}, context());
  await fixture.rm();
});

async function ended(pid: number): Promise<void> {
  while ((await startOf(pid)) !== null) await delay(20);
}

/** Leaves the state of an instance that says it is process `pid`. */
function writeStale(pid: number | null, port: number): string {
  const folder = fixture.getPath("tmp", "sluice-local-abcDEF");
  mkdirSync(folder);
  mkdirSync(join(stateFile(), ".."), { recursive: true });
  const state: State = {
    schema: 1,
    endpoint: `http://127.0.0.1:${port}`,
    pid,
    port,
    folder,
    log: "/dev/null",
    nodes: { 22: null, 24: null },
    node: "20.20.0",
    python: "python3.11",
    startedAt: 0,
    version: "0",
  };
  writeFileSync(stateFile(), JSON.stringify(state));
  return folder;
}

describe("an emulator that was killed", () => {
  it("is told apart, and the next start clears up after it", async () => {
    const first = await startLocal({}, context());
    process.kill(first.pid, "SIGKILL");
    await ended(first.pid);
    expect(await localStatus({}, context())).toEqual({ running: false, local: null, stale: true });

    const second = await startLocal({}, context());
    expect(second.pid).not.toBe(first.pid);
    expect(readFolders()).toEqual([second.folder.split("/").at(-1)]);
    expect(await processesOf(first.folder)).toEqual([]);
  });

  it("leaves nothing after stop", async () => {
    const { pid } = await startLocal({}, context());
    process.kill(pid, "SIGKILL");
    await ended(pid);
    expect(await stopLocal({}, context())).toEqual({ stopped: false });
    expect(readFolders()).toEqual([]);
    expect(readdirSync(fixture.getPath("repository"))).toEqual([]);
  });

  it("is found again though it was the start that was killed, between spawning and noting the process", async () => {
    const first = await startLocal({}, context());
    const state = JSON.parse(readFileSync(stateFile(), "utf8")) as State;
    writeFileSync(stateFile(), JSON.stringify({ ...state, pid: null }));
    writeFileSync(join(stateFile(), "..", "lock"), JSON.stringify({ pid: 999_999_999, started: "1" }));
    const second = await startLocal({}, context());
    expect(second.pid).not.toBe(first.pid);
    expect(await startOf(first.pid)).toBeNull();
  });

  it("is replaced when it hangs", async () => {
    const first = await startLocal({}, context());
    process.kill(first.pid, "SIGSTOP");
    const second = await startLocal({}, context());
    expect(second.pid).not.toBe(first.pid);
    expect(await startOf(first.pid)).toBeNull();
  });
});

describe("a process that is not ours", () => {
  let bystander: ChildProcess;
  beforeEach(async () => {
    bystander = spawn("sleep", ["60"], { stdio: "ignore", detached: true });
    await once(bystander, "spawn");
  });
  afterEach(() => {
    bystander.kill("SIGKILL");
  });

  it("is not ended though it has the id of one that was", async () => {
    const folder = writeStale(bystander.pid ?? 0, 9);
    expect((await localStatus({}, context())).stale).toBe(true);
    expect(await stopLocal({}, context())).toEqual({ stopped: false });
    expect(existsSync(folder)).toBe(false);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    expect(await startOf(bystander.pid ?? 0)).not.toBeNull();
  });

  it("is not taken for the emulator though it answers on its port", async () => {
    const server = createServer((_, response) => response.end('{"edition": "light"}')).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { port } = server.address() as { port: number };
      writeStale(bystander.pid ?? 0, port);
      expect((await localStatus({}, context())).running).toBe(false);
      const local = await startLocal({}, context());
      expect(local.port).not.toBe(port);
    } finally {
      server.close();
    }
  });

  it("is not ended though it shows files of the instance", async () => {
    const { folder } = await startLocal({}, context());
    const pager = spawn("tail", ["-f", join(folder, "launch.json")], { stdio: "ignore" });
    try {
      await once(pager, "spawn");
      await stopLocal({}, context());
      expect(await startOf(pager.pid ?? 0)).not.toBeNull();
    } finally {
      pager.kill("SIGKILL");
    }
  });

  it("keeps a port that is asked for", async () => {
    const server = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { port } = server.address() as { port: number };
      const error = await startLocal({ port }, context()).catch((caught: unknown) => caught);
      expect(isSluiceError(error) && error.code).toBe("SLUICE_LOCAL_PORT_TAKEN");
      expect(readFolders()).toEqual([]);
    } finally {
      server.close();
    }
  });
});

describe("starting", () => {
  it("happens once, however many ask at the same time", async () => {
    const all = await Promise.all([1, 2, 3].map(() => startLocal({}, context())));
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
    expect(readFolders()).toHaveLength(1);
  });

  it("ignores a state file that it cannot understand", async () => {
    mkdirSync(join(stateFile(), ".."), { recursive: true });
    writeFileSync(stateFile(), '{"schema": 1, "folder": "/"}');
    const local = await startLocal({}, context());
    expect((JSON.parse(readFileSync(stateFile(), "utf8")) as State).pid).toBe(local.pid);
  });

  it("leaves nothing when it is interrupted", async () => {
    const controller = new AbortController();
    const starting = startLocal({}, context(controller.signal));
    while (readFolders().length === 0) await delay(5);
    controller.abort(new Error("interrupted"));
    await expect(starting).rejects.toThrow("interrupted");
    expect(readFolders()).toEqual([]);
    expect(existsSync(stateFile())).toBe(false);
  });

  it("goes on without the Node.js of a runtime, and says which runs it instead", async () => {
    const poor = fixture.getPath("home");
    mkdirSync(poor);
    symlinkSync(join(home, MINISTACK_FOLDER), join(poor, MINISTACK_FOLDER));
    for (const spec of Object.values(NODE_PACKAGES[`${process.platform}-${process.arch}`] ?? {}))
      writeFileSync(join(poor, `${spec}.failed`), "offline");
    const local = await startLocal({ home: poor }, context());
    const own = process.versions.node;
    const major = own.split(".")[0];
    expect(local.nodes).toEqual({ 22: major === "22" ? own : null, 24: major === "24" ? own : null });
    expect(local.node).toBe(own);
    const { nodes } = JSON.parse(readFileSync(join(local.folder, "launch.json"), "utf8"));
    expect(nodes).toEqual({ "nodejs22.x": process.execPath, "nodejs24.x": process.execPath });
  });

  it("says that the temporary folder is not there", async () => {
    const env = { ...process.env, TMPDIR: fixture.getPath("nowhere") };
    const error = await startLocal({}, { ...context(), env }).catch((caught: unknown) => caught);
    expect(isSluiceError(error) && error.code).toBe("SLUICE_LOCAL_FOLDER");
  });

  it("says what an emulator said that does not start", async () => {
    const broken = fixture.getPath("home");
    const folder = join(broken, MINISTACK_FOLDER, "i-000000");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "python"), "#!/bin/sh\necho no module named ministack >&2\nexit 1\n", {
      mode: 0o755,
    });
    writeFileSync(
      join(folder, ".complete.json"),
      JSON.stringify({ python: join(folder, "python"), path: [] }),
    );
    const env = { ...context().env, npm_config_registry: "http://127.0.0.1:9" };
    const error = await startLocal({ home: broken }, { ...context(), env }).catch(
      (caught: unknown) => caught,
    );
    expect(isSluiceError(error) && error.code).toBe("SLUICE_LOCAL_NOT_STARTED");
    expect(isSluiceError(error) && error.message).toContain("no module named ministack");
    expect(readFolders()).toEqual([]);
  });
});
