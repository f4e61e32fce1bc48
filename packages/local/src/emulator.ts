import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunContext } from "@sluice/core";
import { tailOf } from "./command.ts";
import { healthOf } from "./health.ts";
import type { LocalSettings } from "./local-aws.ts";
import { type NodeBinaries, OWN_NODE } from "./nodes.ts";
import type { PythonWithMinistack } from "./python.ts";

/** Milliseconds. Ready in half a second on a quiet machine. */
const START_TIMEOUT = 30_000;
const POLL = 25;
const PORT_TAKEN = /already in use|Errno (48|98)\b/;

/** What an emulator is started with. */
export interface EmulatorSettings {
  readonly ministack: PythonWithMinistack;
  readonly nodes: NodeBinaries;
  readonly port: number;
  readonly folder: string;
  readonly token: string;
  readonly log: string;
  /** MiniStack's own variables, over and above those it is always given. */
  readonly settings: LocalSettings;
}

/** Runtime → absolute path of its Node.js. The others run the first `node` on the PATH below. */
function runtimesOf(nodes: NodeBinaries): Record<string, string> {
  return { "nodejs22.x": (nodes[22] ?? OWN_NODE).path, "nodejs24.x": (nodes[24] ?? OWN_NODE).path };
}

/**
 * All that the emulator inherits, and with it every function: nothing of the user's. It listens on loopback alone, its other
 * listeners are off, and it looks for a Docker that is not there, since it would remove and start containers.
 */
function environmentOf({
  ministack,
  port,
  folder,
  token,
  settings,
}: EmulatorSettings): Record<string, string> {
  const path = [dirname(OWN_NODE.path), dirname(ministack.python), "/usr/local/bin", "/usr/bin", "/bin"];
  return {
    ...settings,
    PATH: path.join(":"),
    HOME: folder,
    TMPDIR: folder,
    LANG: "C.UTF-8",
    GATEWAY_PORT: String(port),
    BIND_HOST: "127.0.0.1",
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    DOCKER_HOST: `unix://${folder}/no-docker.sock`,
    MINISTACK_EDITION: token,
    // Where MiniStack has no environment of its own, its boto3 is found by this alone; it ignores the variable itself.
    ...(ministack.path.length === 0 ? {} : { PYTHONPATH: ministack.path.join(":") }),
  };
}

/** Starts the emulator, detached, in a process group of its own. */
export async function spawnEmulator(settings: EmulatorSettings, script: string): Promise<ChildProcess> {
  const { ministack, nodes, folder, log } = settings;
  const launch = join(folder, "launch.py");
  const configuration = join(folder, "launch.json");
  await writeFile(launch, script);
  await writeFile(configuration, JSON.stringify({ path: ministack.path, nodes: runtimesOf(nodes) }));
  const output = await open(log, "w", 0o600);
  try {
    const child = spawn(ministack.python, ["-I", launch, configuration], {
      cwd: folder,
      env: environmentOf(settings),
      detached: true,
      stdio: ["ignore", output.fd, output.fd],
    });
    // Without a listener, a Python that cannot be started would end this process.
    child.on("error", () => undefined);
    await once(child, "spawn").catch(() => undefined);
    child.unref();
    return child;
  } finally {
    await output.close();
  }
}

/** The log's last lines. */
export async function logTail(log: string): Promise<string> {
  return tailOf(await readFile(log, "utf8").catch(() => ""));
}

/** What became of a start. */
export type Started = "healthy" | "port taken" | "ended" | "silent";

/** Waits until the emulator answers, or will not. */
export async function waitUntilHealthy(
  child: ChildProcess,
  { port, token, log }: EmulatorSettings,
  context: RunContext,
): Promise<Started> {
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline) {
    if ((await healthOf(port, token, 0)) === "ours") return "healthy";
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return PORT_TAKEN.test(await readFile(log, "utf8")) ? "port taken" : "ended";
    await context.sleep(POLL);
  }
  return "silent";
}
