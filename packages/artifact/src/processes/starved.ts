import { readFileSync } from "node:fs";

/** Clock ticks a second in /proc, on every Linux that Node.js runs on (proc_pid_stat(5), `sysconf(_SC_CLK_TCK)`). */
const TICKS = 100;

/**
 * Whether a process would go on if it were let: it waits for a core or a disk and has had less than `milliseconds` of a core so far. So a
 * busy machine is not taken for an endless loop. Known on Linux alone; `false` elsewhere.
 */
export function isStarved(pid: number | undefined, milliseconds: number): boolean {
  if (process.platform !== "linux" || pid === undefined) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name before it may hold spaces. Then come state (3), …, utime (14) and stime (15).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const used = ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
    return /^[RD]$/.test(fields[0] ?? "") && used < milliseconds;
  } catch {
    return false;
  }
}
