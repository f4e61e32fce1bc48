import { spawn } from "node:child_process";
import { once } from "node:events";
import { jobEnvironment, SLUICE_BIN } from "../sluice-command.ts";
import type { Stage } from "./stage.ts";
import type { FaultPlan, Line } from "./station.ts";
import type { World } from "./world.ts";

/** What a process of the command came to. */
export interface Attempted {
  /** `null` when it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly line: Line;
}

/** Milliseconds; one that hangs is a finding, not a reason to wait. */
const TOO_LONG = 90_000;

/** Which process is run, and what happens to it. */
export interface Attempt {
  readonly args: readonly string[];
  /** Default: the repository, at its last commit. */
  readonly cwd?: string;
  readonly plan?: FaultPlan | null;
  /** How much later AWS's clock seems. */
  readonly aheadMs?: number;
}

/** Runs the command once in a world. */
export async function attempt(
  { station, repository, nodeOptions }: Stage,
  world: World,
  { args, cwd = repository.path, plan = null, aheadMs = 0 }: Attempt,
): Promise<Attempted> {
  const line = station.open(world.id, plan, aheadMs);
  const env = jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: station.endpoint,
    AWS_ACCESS_KEY_ID: world.id,
    AWS_SECRET_ACCESS_KEY: "test",
    FAULTS_ACCOUNT: world.account,
    FAULTS_WORLD: world.id,
  });
  const child = spawn(process.execPath, [...nodeOptions, SLUICE_BIN, ...args, "--json"], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
  line.onKill = () => child.kill("SIGKILL");
  const timer = setTimeout(() => child.kill("SIGKILL"), TOO_LONG);
  const [exitCode] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  const text = (name: "stdout" | "stderr"): string => Buffer.concat(chunks[name]).toString("utf8");
  return { exitCode, stdout: text("stdout"), stderr: text("stderr"), line };
}
