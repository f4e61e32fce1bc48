import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

/** Children at work. One listener ends them all with this process. */
const running = new Set<ChildProcess>();
/** Those that lead a group of processes. */
const leaders = new WeakSet<ChildProcess>();

/** Ends a child that {@link trackChild} was told of, with all that it has started where it leads a group. */
export function endChild(child: ChildProcess): void {
  if (!leaders.has(child) || process.platform === "win32") {
    child.kill("SIGKILL");
    return;
  }
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function endAll(): void {
  for (const child of running) endChild(child);
}

/**
 * Sees to it that a child does not outlive this process.
 *
 * @param leads - whether it was started detached, so that it leads a group of processes
 */
export function trackChild(child: ChildProcess, leads = false): void {
  if (leads) leaders.add(child);
  if (running.size === 0) process.on("exit", endAll);
  running.add(child);
  const release = (): void => {
    running.delete(child);
    if (running.size === 0) process.off("exit", endAll);
  };
  child.once("close", release);
  // One that cannot be started never closes.
  child.once("error", release);
}

/** Keeps the last characters of what a stream gives, however much that is. */
export function keepTail(stream: Readable | null, length: number): () => string {
  let tail = "";
  stream?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-length);
  });
  return () => tail;
}
