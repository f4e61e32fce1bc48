import { readFileSync } from "node:fs";
import {
  createFleet,
  createQuotaGate,
  type FaultProxy,
  type Fleet,
  type FleetPlace,
  type QuotaGate,
  startEmulator,
  startProxy,
} from "@sluice/test-kit";
import { createCleanup } from "../cleanup.ts";
import { runCommand } from "../command.ts";
import { SLUICE } from "../root.ts";

export const ACCOUNT = "111111111111";

/** Many functions behind AWS's quotas. */
export interface FleetScene {
  readonly fleet: Fleet;
  readonly gate: QuotaGate;
  readonly proxy: FaultProxy;
  dispose(): Promise<void>;
}

export interface FleetSceneOptions {
  readonly functions: number;
  readonly places: readonly FleetPlace[];
  readonly alias: string | null;
  readonly signal: AbortSignal;
}

/** What a deployment of a fleet took. */
export interface FleetRun {
  readonly milliseconds: number;
  /** Bytes: `VmHWM` of the process (proc(5)); 0 where there is no `/proc`. */
  readonly memory: number;
  readonly calls: number;
  /** Calls that Lambda's quota of 15 a second is for. */
  readonly writes: number;
  readonly throttled: number;
}

function commandEnvironment(home: string, endpoint: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    NO_COLOR: "1",
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** Builds a fleet, and provisions it in all of its places. */
export async function createFleetScene(options: FleetSceneOptions): Promise<FleetScene> {
  const { functions, places, alias, signal } = options;
  const cleanup = createCleanup();
  try {
    const emulator = await startEmulator();
    cleanup.add(() => emulator.stop());
    const gate = createQuotaGate();
    const proxy = await startProxy(emulator.endpoint, { intercept: gate.intercept });
    cleanup.add(() => proxy.stop());
    const build = (cwd: string, home: string): Promise<string> =>
      runCommand(process.execPath, [SLUICE, "build"], { cwd, env: commandEnvironment(home, ""), signal });
    const { endpoint } = emulator;
    const fleet = await createFleet({ endpoint, functions, places, alias, ballast: 20_000, build });
    cleanup.add(() => fleet.dispose());
    return { fleet, gate, proxy, dispose: () => cleanup.run() };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** Often enough: the mark never falls, so that only what comes in a process's last moment is missed. */
const LOOK_MS = 20;

function highWater(pid: number): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Forgets the calls so far, does the work, and tells what it took. */
export async function measured(
  { gate, proxy }: FleetScene,
  work: (onStart: (pid: number) => void) => Promise<unknown>,
): Promise<FleetRun> {
  gate.reset();
  proxy.reset();
  let memory = 0;
  let timer: NodeJS.Timeout | undefined;
  const watch = (pid: number): void => {
    timer = setInterval(() => {
      memory = Math.max(memory, highWater(pid));
    }, LOOK_MS);
  };
  const started = performance.now();
  await work(watch).finally(() => clearInterval(timer));
  const milliseconds = performance.now() - started;
  const { calls } = proxy;
  const writes = calls.filter(({ operation }) => /^(Update|Publish)/.test(operation)).length;
  return { milliseconds, memory, calls: calls.length, writes, throttled: gate.throttled.length };
}

/** `sluice deploy` of the whole fleet; fails when it does not come to what is wanted. */
export function deployFleet(
  scene: FleetScene,
  wanted: "updated" | "unchanged",
  signal: AbortSignal,
): Promise<FleetRun> {
  const { fleet, proxy } = scene;
  return measured(scene, async (onStart) => {
    const options = {
      cwd: fleet.repository.path,
      env: commandEnvironment(fleet.home, proxy.endpoint),
      signal,
      onStart,
    };
    const text = await runCommand(process.execPath, [SLUICE, "deploy", "--json"], options);
    const { summary } = JSON.parse(text) as { summary: Record<string, number> };
    const others = Object.entries(summary).filter(([outcome, count]) => outcome !== wanted && count > 0);
    if (others.length > 0) throw new Error(`sluice deploy came to ${JSON.stringify(summary)}.`);
  });
}
