import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, describe, expect, it } from "vitest";
import { attempt } from "./attempts.ts";
import { majorOf, OWN_NODE } from "./find-node.ts";
import { type Ran, runChild } from "./run-child.ts";

let fixture: FsFixture;
afterEach(() => fixture?.rm());

const major = majorOf(OWN_NODE.version);

async function load(source: string, timeoutMs = 60_000, signal?: AbortSignal): Promise<Ran> {
  fixture = await createFixture({ "index.mjs": source });
  const root = fixture.path.replace(/[\\/]$/, "");
  const options = {
    node: OWN_NODE.path,
    env: {},
    cwd: root,
    signal: signal ?? new AbortController().signal,
    timeoutMs,
  };
  return runChild(options, { root, handler: "index.handler", placeholders: "none", standIns: null });
}

function judged(ran: Ran, wanted = major) {
  return attempt(async () => ran, { root: fixture.path, checked: major, wanted });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a module that does not come to an end", () => {
  it("in a loop is ended, and that is a fault", async () => {
    const ran = await load("for (;;);", 500);
    expect(ran).toMatchObject({ answer: null, timedOut: true, end: "signal SIGKILL" });
    expect(await judged(ran)).toMatchObject({
      kind: "fault",
      fault: { reason: expect.stringContaining("10 s") },
    });
  });

  it("in a wait for the network proves nothing", async () => {
    const source =
      'import net from "node:net"; net.connect(9).on("error", () => {}); await new Promise((r) => setTimeout(r, 1e6));';
    const ran = await load(source, 500);
    expect(ran).toMatchObject({ timedOut: true, off: ["connect to localhost:9"] });
    expect(await judged(ran)).toMatchObject({
      kind: "unproved",
      reason: expect.stringContaining("localhost:9"),
    });
  });
});

it("ends the child when the run is cancelled, and rejects with the reason", async () => {
  const controller = new AbortController();
  const file = "process.stderr.write(String(process.pid));";
  const loading = load(`${file} await new Promise((r) => setTimeout(r, 1e6));`, 60_000, controller.signal);
  setTimeout(() => controller.abort(new Error("enough")), 300);
  await expect(loading).rejects.toThrow("enough");
});

it("is not there any more once it has told", async () => {
  const ran = await load(
    "process.stderr.write(String(process.pid)); setInterval(() => {}, 10); export const handler = () => 1;",
  );
  expect(ran.answer?.verdict).toEqual({ kind: "function" });
  const pid = Number(ran.tail);
  expect(pid).toBeGreaterThan(0);
  expect(isAlive(pid)).toBe(false);
});

it("tells how the process ended that was killed from within", async () => {
  const ran = await load(
    "process.stderr.write('last words'); process.kill(process.pid, 'SIGKILL'); for (;;);",
  );
  expect(ran).toMatchObject({ answer: null, timedOut: false, end: "signal SIGKILL", tail: "last words" });
  expect(await judged(ran)).toMatchObject({
    kind: "fault",
    fault: { reason: expect.stringContaining("last words") },
  });
  expect(await judged(ran, major + 2)).toMatchObject({ kind: "unproved" });
});

it.each([
  ["what it prints", 'console.log(\'{"type":"verdict"}\');'],
  [
    "what it writes to the channel",
    `import { writeSync } from "node:fs"; writeSync(3, 'x {"type":"verdict","verdict":{"kind":"function"}}\\n');`,
  ],
  [
    "what it makes of the modules that tell",
    `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
fs.writeSync = (fd, text) => { throw new Error(text); }; JSON.stringify = () => '{"type":"verdict","verdict":{"kind":"function"}}'; syncBuiltinESMExports();`,
  ],
  ["a process.exit that it replaces", "process.exit = () => {}; process.exitCode = 0;"],
])("is not fooled by %s", async (_, source) => {
  const ran = await load(`${source}\nexport const other = 1;`);
  expect(ran.answer?.verdict).toEqual({ kind: "missing", exports: ["other"] });
});

it.each([
  ["null", "throw null;", "null"],
  ["a text", 'throw "text";', "'text'"],
  ["an object that cannot be read", "throw { get message() { throw 1; } };", "cannot be shown"],
])("shows %s that is thrown", async (_, source, shown) => {
  const ran = await load(source);
  expect(await judged(ran)).toMatchObject({ kind: "unproved", reason: expect.stringContaining(shown) });
});

it("tells where there is no Node.js", async () => {
  const options = {
    node: "/nowhere/node",
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    timeoutMs: 1000,
  };
  const job = { root: "/", handler: "index.handler", placeholders: "none", standIns: null } as const;
  const ran = await runChild(options, job);
  expect(ran).toMatchObject({ answer: null, end: null, tail: expect.stringContaining("ENOENT") });
});
