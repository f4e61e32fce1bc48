import childProcess from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import workers from "node:worker_threads";
import { OFF } from "./job.ts";

type Tell = (what: string) => void;
type Method = (this: unknown, ...args: never[]) => unknown;

function off(what: string): Error {
  return Object.assign(new Error(`${what}: the network is off in Sluice's import check`), { code: OFF });
}

function replace(owner: object, name: string, method: Method): void {
  if (name in owner) Reflect.set(owner, name, method);
}

/** `host:port` or a path, out of the many forms of the arguments of `connect`. */
function placeOf(args: readonly unknown[]): string {
  // net.connect() hands its arguments on as one normalized array.
  const given = Array.isArray(args[0]) ? args[0] : args;
  const [first, second] = given as readonly unknown[];
  if (typeof first !== "object" || first === null)
    return typeof second === "string" ? `${second}:${first}` : String(first);
  const { host, port, path } = first as { host?: unknown; port?: unknown; path?: unknown };
  return port === undefined ? String(path) : `${String(host ?? "localhost")}:${String(port)}`;
}

/** Fails as a connection does that nobody answers: by an event, not by throwing. */
function socketsOff(tell: Tell): void {
  replace(net.Socket.prototype, "connect", function (this: net.Socket, ...args: unknown[]) {
    const what = `connect to ${placeOf(args)}`;
    tell(what);
    process.nextTick(() => this.destroy(off(what)));
    return this;
  } as Method);
  replace(net.Server.prototype, "listen", function (this: net.Server) {
    tell("listen on a port");
    return this;
  } as Method);
  replace(dgram.Socket.prototype, "send", function (this: dgram.Socket, ...args: unknown[]) {
    const callback = args.at(-1);
    const failure = off("send a datagram");
    tell("send a datagram");
    if (typeof callback === "function") process.nextTick(() => callback(failure));
    else process.nextTick(() => this.emit("error", failure));
  } as Method);
}

function lookupsOff(tell: Tell): void {
  const wanted = (name: string): boolean =>
    /^(?:lookup|lookupService|resolve\w*|reverse)$/.test(name) && name !== "resolver";
  const failing = (promises: boolean): Method =>
    function (this: unknown, ...args: unknown[]) {
      const what = `look up ${String(args[0])}`;
      tell(what);
      if (promises) return Promise.reject(off(what));
      const callback = args.at(-1);
      if (typeof callback === "function") process.nextTick(() => callback(off(what)));
      return undefined;
    } as Method;
  for (const [owner, promises] of [
    [dns, false],
    [dns.Resolver.prototype, false],
    [dns.promises, true],
    [dns.promises.Resolver.prototype, true],
  ] as const) {
    const names = [...Object.getOwnPropertyNames(owner), "resolve", "resolve4", "resolve6"];
    for (const name of new Set(names.filter(wanted))) replace(owner, name, failing(promises));
  }
}

/** A process of its own would not be bound by any of this. */
function processesOff(tell: Tell): void {
  const throwing: Method = function (this: unknown, ...args: unknown[]) {
    const [first] = args as readonly unknown[];
    const file = typeof first === "object" && first !== null ? (first as { file?: unknown }).file : first;
    const what = `start the process ${String(file)}`;
    tell(what);
    throw off(what);
  } as Method;
  replace(childProcess.ChildProcess.prototype, "spawn", throwing);
  for (const name of ["spawnSync", "execSync", "execFileSync"]) replace(childProcess, name, throwing);
}

/**
 * A thread has modules of its own: it begins with this one, which `--import` would only load beside its code. Node.js 20.19, 22.12 and
 * later `require` ES modules; before, threads cannot be started here.
 */
function threadsOff(preload: string): void {
  const { Worker } = workers;
  class QuietWorker extends Worker {
    constructor(file: string | URL, options: workers.WorkerOptions = {}) {
      super(file, {
        ...options,
        execArgv: [...(options.execArgv ?? process.execArgv), "--require", preload],
      });
    }
  }
  replace(workers, "Worker", QuietWorker as unknown as Method);
}

/**
 * Takes the ways to the network away from all JavaScript in this thread and in those that it starts: sockets, datagrams,
 * look-ups of names, and other processes. Native code is not held back by it.
 *
 * @param preload - path of the module that does this, for new threads
 */
export function turnNetworkOff(tell: Tell, preload: string): void {
  socketsOff(tell);
  lookupsOff(tell);
  processesOff(tell);
  threadsOff(preload);
  syncBuiltinESMExports();
}
