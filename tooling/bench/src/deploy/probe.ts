import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread, type Worker } from "node:worker_threads";

/** Something that a process did or waited for; times in milliseconds since the process was started. */
export interface ProbeEvent {
  readonly kind: "ready" | "file" | "process" | "worker" | "request" | "exit";
  readonly what: string;
  readonly start: number;
  end: number;
}

const events: ProbeEvent[] = [];
const file = process.env["SLUICE_BENCH_PROBE"];

function begin(kind: ProbeEvent["kind"], what: string): ProbeEvent {
  const start = performance.now();
  const event = { kind, what, start, end: start };
  events.push(event);
  return event;
}

function finish(event: ProbeEvent): void {
  event.end = performance.now();
}

type Functions = Record<string, unknown>;

/** Records calls of a function that takes a path first. */
function watch(holder: Functions, name: string): void {
  const original = holder[name];
  if (typeof original !== "function") return;
  const watched = function (this: unknown, ...args: readonly unknown[]): unknown {
    const event = begin("file", `${name} ${String(args[0])}`);
    const result: unknown = Reflect.apply(original, this, args);
    finish(event);
    if (result instanceof Promise)
      result.then(
        () => finish(event),
        () => finish(event),
      );
    return result;
  };
  // Such as `realpathSync.native` and the form that `promisify` takes.
  Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original));
  holder[name] = watched;
}

const PATH_FUNCTIONS = [
  "access",
  "lstat",
  "mkdir",
  "open",
  "readFile",
  "readdir",
  "realpath",
  "rename",
  "rm",
  "stat",
  "utimes",
  "writeFile",
];

// Workers load it, too, as they are given the same flags.
if (file !== undefined && isMainThread) {
  for (const name of [...PATH_FUNCTIONS, "exists"]) watch(fs as unknown as Functions, `${name}Sync`);
  for (const name of PATH_FUNCTIONS) watch(fs.promises as unknown as Functions, name);
  syncBuiltinESMExports();
  subscribe("child_process", (message) => {
    const { process: child } = message as { process: ChildProcess };
    const event = begin("process", "");
    child.once("spawn", () => Object.assign(event, { what: child.spawnargs.join(" ") }));
    child.once("exit", () => finish(event));
  });
  subscribe("worker_threads", (message) => {
    const { worker } = message as { worker: Worker };
    const event = begin("worker", "");
    worker.once("exit", () => finish(event));
  });
  const requests = new WeakMap<object, ProbeEvent>();
  subscribe("http.client.request.start", (message) => {
    const { request } = message as { request: { method: string; path: string } };
    requests.set(request, begin("request", `${request.method} ${request.path}`));
  });
  subscribe("http.client.response.finish", (message) => {
    const { request } = message as { request: object };
    const event = requests.get(request);
    if (event !== undefined) finish(event);
  });
  const { writeFileSync } = fs;
  begin("ready", "node");
  process.once("exit", () => {
    begin("exit", "process.exit");
    writeFileSync(file, JSON.stringify(events));
  });
}
