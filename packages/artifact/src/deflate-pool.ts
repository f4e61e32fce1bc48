import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { DeflateOptions } from "fflate";
import type { DeflateRequest } from "./deflate-worker.ts";

interface Job {
  readonly bytes: Uint8Array;
  readonly options: DeflateOptions;
  resolve(compressed: Uint8Array): void;
  reject(error: unknown): void;
}

interface PoolWorker {
  readonly thread: Worker;
  job: Job | undefined;
}

/** Beside this module as it is built; a test that runs the source takes the built one too. */
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "../dist/deflate-worker.js" : "./deflate-worker.js",
  import.meta.url,
);

/** More workers than this would wait for memory rather than for a core. */
const MAXIMUM_WORKERS = 8;

const workers = new Set<PoolWorker>();
const queue: Job[] = [];

/** Gives `worker` its next job, or lets the process end while it has none. */
function feed(worker: PoolWorker): void {
  worker.job = queue.shift();
  if (worker.job === undefined) {
    worker.thread.unref();
    return;
  }
  worker.thread.ref();
  // A copy: the memory is handed over, and a view would take the whole buffer behind it along.
  const bytes = new Uint8Array(worker.job.bytes);
  const request: DeflateRequest = { bytes, options: worker.job.options };
  worker.thread.postMessage(request, [bytes.buffer]);
}

/** Takes a worker that failed out. Those who wait for the last one would wait for ever, so they are told. */
function retire(worker: PoolWorker, error: unknown): void {
  if (!workers.delete(worker)) return;
  worker.job?.reject(error);
  if (workers.size === 0) for (const job of queue.splice(0)) job.reject(error);
}

function start(): void {
  const thread = new Worker(WORKER, { execArgv: [], env: {} });
  const worker: PoolWorker = { thread, job: undefined };
  workers.add(worker);
  thread.on("message", (compressed: Uint8Array) => {
    worker.job?.resolve(compressed);
    feed(worker);
  });
  thread.on("error", (error) => retire(worker, error));
  thread.on("exit", (code) => retire(worker, new Error(`The worker exited with code ${code}.`)));
  feed(worker);
}

/** Whether workers are there already, so that a small job pays nothing for them. */
export function isPoolRunning(): boolean {
  return workers.size > 0;
}

/**
 * Deflates on another thread, with the same bytes as a result as `deflateSync` of fflate gives. Workers are started as
 * needed, one per core at most, are kept, and do not hold the process.
 *
 * @throws whatever kept a worker from working; the caller can still deflate by itself
 */
export function deflateInPool(bytes: Uint8Array, options: DeflateOptions): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const job: Job = { bytes, options, resolve, reject };
    queue.push(job);
    const idle = [...workers].find((worker) => worker.job === undefined);
    if (idle !== undefined) return feed(idle);
    if (workers.size >= Math.min(availableParallelism(), MAXIMUM_WORKERS)) return;
    try {
      start();
    } catch (error) {
      // Node.js's permission model can forbid workers.
      if (workers.size > 0) return;
      queue.splice(queue.indexOf(job), 1);
      reject(error);
    }
  });
}
