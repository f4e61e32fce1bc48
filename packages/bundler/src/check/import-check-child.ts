import { readFileSync, writeSync } from "node:fs";
import { setImmediate as afterOthers } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { watchedEnvironment } from "./child/environment.ts";
import { failureFrom } from "./child/failure.ts";
import { type Answer, type Job, OFF, type Verdict } from "./child/job.ts";
import { loadHandler } from "./child/load-handler.ts";
import { turnNetworkOff } from "./child/network-off.ts";
import { standIn } from "./child/stand-ins.ts";
import { stubbed } from "./child/stub.ts";

// This file is the whole child: the process, the threads that a module under check starts, and the thread of hooks.
export { initialize, load, resolve } from "./child/stand-ins.ts";

/** The answers have a channel of their own: what the module prints goes nowhere. */
const CHANNEL = 3;

const OWN_PATH: string = fileURLToPath(import.meta.url);

/** Milliseconds after which a child whose parent is gone ends by itself, where its module lets timers run. */
const ORPHANED_AFTER = 60_000;

/** Bound before the module under check can replace anything: imports of built-in modules follow what it does to them. */
const { stringify } = JSON;
const { exit } = process;
const write = writeSync;

function createTell(token: string): (answer: Answer) => void {
  return (answer) => {
    write(CHANNEL, `${token} ${stringify(answer)}\n`);
  };
}

/** What the runtime defines for handlers that stream. */
function defineStreaming(): void {
  Object.defineProperty(globalThis, "awslambda", {
    value: {
      streamifyResponse: (handler: unknown) => handler,
      HttpResponseStream: { from: (stream: unknown) => stream },
    },
    writable: true,
    configurable: true,
  });
}

/** An error that nobody awaited ends the runtime; one that only the check causes does not. */
function firstStray(): Promise<Verdict> {
  return new Promise((resolve) => {
    const onStray = (thrown: unknown): void => {
      const failure = failureFrom(thrown);
      const causes = [failure, failure.cause, failure.cause?.cause];
      if (!causes.some((each) => each?.code === OFF)) resolve({ kind: "failed", failure });
    };
    process.on("uncaughtException", onStray);
    process.on("unhandledRejection", onStray);
  });
}

async function check(job: Job): Promise<Verdict> {
  const stray = firstStray();
  const loading = loadHandler(job.root, job.handler).catch(
    (error: unknown): Verdict => ({ kind: "failed", failure: failureFrom(error) }),
  );
  const verdict = await Promise.race([stray, loading]);
  if (verdict.kind === "failed") return verdict;
  // Rejections that nobody handles are told after all that was ready has run.
  return Promise.race([stray, afterOthers(verdict)]);
}

/** Tells once how loading ended, whoever ends it. */
function createFinish(
  tell: (answer: Answer) => void,
  missed: ReadonlySet<string>,
): (verdict: Verdict) => void {
  let told = false;
  let exiting = false;
  const finish = (verdict: Verdict): void => {
    if (told) return;
    told = true;
    tell({ type: "verdict", verdict, variables: [...missed], stubbed: [...stubbed] });
  };
  process.exit = ((code?: number) => {
    exiting = true;
    exit.call(process, code);
  }) as typeof process.exit;
  process.on("exit", (code) => finish(exiting ? { kind: "exit", code } : { kind: "unsettled" }));
  return finish;
}

async function main(): Promise<void> {
  const job = JSON.parse(readFileSync(0, "utf8")) as Job;
  const tell = createTell(job.token);
  const { env, missed } = watchedEnvironment(process.env, job.placeholders);
  process.env = env;
  process.argv = [process.execPath, "/var/runtime/index.mjs"];
  const finish = createFinish(tell, missed);
  turnNetworkOff((what) => tell({ type: "off", what }), OWN_PATH);
  if (job.standIns !== null) standIn(job.standIns, import.meta.url);
  defineStreaming();
  setTimeout(() => exit.call(process, 1), ORPHANED_AFTER).unref();
  tell({ type: "started" });
  finish(await check(job));
  // Without the module's own listeners, which could take their time.
  process.removeAllListeners("exit");
  exit.call(process, 0);
}

// Without an await, so that threads can `require` it.
if (isMainThread) void main();
else turnNetworkOff(() => undefined, OWN_PATH);
