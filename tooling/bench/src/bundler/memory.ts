import { readdirSync, readFileSync } from "node:fs";

/** Often enough to see a peak of a build that takes seconds, seldom enough not to slow it down. */
const INTERVAL_MS = 50;

/** Resident memory in bytes as `/proc/PID/status` tells it; 0 for a process that is ending. */
export function residentBytes(status: string): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(kibibytes ?? 0) * 1024;
}

function childrenOf(pid: number): readonly number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8"));
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}

/** Resident memory in bytes of a process and all below it; what they share counts for each. Linux only. */
export function treeBytes(pid: number): number {
  try {
    const own = residentBytes(readFileSync(`/proc/${pid}/status`, "utf8"));
    return childrenOf(pid).reduce((sum, child) => sum + treeBytes(child), own);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

/** Watches the memory of a process tree. */
export interface MemoryWatch {
  readonly start: (pid: number) => void;
  /** Ends it; gives the highest sum that was seen in bytes, 0 where there is no `/proc`. */
  readonly stop: () => number;
}

/** Takes samples from `start` on until `stop`. */
export function watchMemory(): MemoryWatch {
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    start: (pid) => {
      timer = setInterval(() => {
        peak = Math.max(peak, treeBytes(pid));
      }, INTERVAL_MS);
    },
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}
