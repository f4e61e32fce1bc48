import { readdirSync, readFileSync } from "node:fs";

/** Often enough to see a peak of a build that takes seconds, seldom enough not to slow it down. */
const INTERVAL_MS = 50;
/** Linux counts in hundredths of a second for all programs (`USER_HZ`, proc(5)). */
const TICK_MS = 10;

/** Resident memory in bytes as `/proc/PID/status` tells it; 0 for a process that is ending. */
export function residentBytes(status: string): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(kibibytes ?? 0) * 1024;
}

/** Milliseconds of processor time, user's and system's, as `/proc/PID/stat` tells it (fields 14 and 15, proc(5)). */
export function processorTime(stat: string): number {
  // The second field is the command in parentheses, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

interface Sample {
  readonly pid: number;
  readonly memory: number;
  readonly cpu: number;
}

function childrenOf(pid: number): readonly number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8"));
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}

/** A process and all below it, as they are now; empty for one that has ended, and where there is no `/proc`. */
export function sampleTree(pid: number): readonly Sample[] {
  try {
    const memory = residentBytes(readFileSync(`/proc/${pid}/status`, "utf8"));
    const cpu = processorTime(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return [{ pid, memory, cpu }, ...childrenOf(pid).flatMap(sampleTree)];
  } catch {
    return [];
  }
}

/** What processes took: at least, as processes that live shorter than 50 ms are not seen. */
export interface Taken {
  /** The highest sum of resident memory in bytes; what processes share counts for each. 0 where there is no `/proc`. */
  readonly memory: number;
  /** Milliseconds of processor time. 0 where there is no `/proc`. */
  readonly cpu: number;
  /** How many there were. 0 where there is no `/proc`. */
  readonly processes: number;
}

/** Watches process trees. */
export interface TreeWatch {
  /** Watches one more process with all below it. */
  readonly start: (pid: number) => void;
  /** Ends watching; gives what was seen since the last time. */
  readonly take: () => Taken;
}

/** Takes samples from `start` on until `take`. */
export function watchTree(): TreeWatch {
  let memory = 0;
  const cpu = new Map<number, number>();
  const timers: NodeJS.Timeout[] = [];
  const sample = (root: number): void => {
    const samples = sampleTree(root);
    memory = Math.max(
      memory,
      samples.reduce((sum, one) => sum + one.memory, 0),
    );
    for (const one of samples) cpu.set(one.pid, one.cpu);
  };
  return {
    start: (pid) => {
      timers.push(setInterval(() => sample(pid), INTERVAL_MS));
    },
    take: () => {
      for (const timer of timers.splice(0)) clearInterval(timer);
      const times = [...cpu.values()];
      const taken = { memory, cpu: times.reduce((sum, one) => sum + one, 0), processes: times.length };
      memory = 0;
      cpu.clear();
      return taken;
    },
  };
}
