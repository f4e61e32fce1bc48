import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Fleet } from "@sluice/test-kit";
import { jobEnvironment, SLUICE_BIN } from "../sluice-command.ts";

/** A deployment of a fleet, and what it took. */
export interface MeasuredRun {
  readonly exitCode: number | null;
  readonly summary: Readonly<Record<string, number>>;
  readonly targets: readonly {
    readonly target: string;
    readonly region: string;
    readonly outcome: string;
    readonly codeSha256: string | null;
    readonly error: object | null;
  }[];
  readonly stderr: string;
  /** Milliseconds from the process's start to its end. */
  readonly milliseconds: number;
  /** Bytes: the most that were resident at any moment. 0 where there is no `/proc`. */
  readonly memory: number;
}

/** `VmHWM`, the high-water mark of resident memory (proc(5)); 0 for a process that has ended. */
function highWater(pid: number): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Runs `sluice deploy --json` for a whole fleet. */
export async function deployFleet(
  { repository, home }: Fleet,
  endpoint: string,
  accessKey: string,
  args: readonly string[] = [],
): Promise<MeasuredRun> {
  const env = jobEnvironment(home, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const started = performance.now();
  const child = spawn(process.execPath, [SLUICE_BIN, "deploy", "--json", ...args], {
    cwd: repository.path,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
  let memory = 0;
  // The mark never falls, so that only what comes in the last moment is missed.
  const timer = setInterval(() => {
    memory = Math.max(memory, highWater(child.pid ?? 0));
  }, 20);
  const [exitCode] = (await once(child, "close")) as [number | null];
  clearInterval(timer);
  const milliseconds = performance.now() - started;
  const stderr = Buffer.concat(chunks.stderr).toString("utf8");
  const document = JSON.parse(Buffer.concat(chunks.stdout).toString("utf8")) as Partial<MeasuredRun>;
  const { targets = [], summary = {} } = document;
  return { exitCode, summary, targets, stderr, milliseconds, memory };
}
