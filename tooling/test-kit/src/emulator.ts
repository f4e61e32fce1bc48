import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { installEmulator } from "./emulator-install.ts";

/** A running MiniStack. */
export interface Emulator {
  /** As `http://127.0.0.1:45671`. */
  readonly endpoint: string;
  /** Ends it with every worker it started, and removes its files. */
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** Further variables of its environment, such as `{ AUTH: "true" }`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds. Ready in half a second on a quiet machine. */
const START_TIMEOUT = 30_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}

async function isHealthy(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** Ends the whole process group: workers run uploaded code in processes of their own. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}

async function end(child: ChildProcess): Promise<void> {
  const exited =
    child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, "exit");
  killGroup(child, "SIGTERM");
  await Promise.race([exited, delay(3_000, undefined, { ref: false })]);
  killGroup(child, "SIGKILL");
  await exited;
}

/** What MiniStack is given to live in: loopback alone, no other ports, none of this process's variables. */
function environment(port: number, folder: string, options: EmulatorOptions): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    HOME: folder,
    TMPDIR: folder,
    GATEWAY_PORT: String(port),
    BIND_HOST: "127.0.0.1",
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    ...options.env,
  };
}

async function waitUntilHealthy(child: ChildProcess, endpoint: string, output: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT;
  while (!(await isHealthy(endpoint))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`MiniStack did not start:\n${output()}`);
    await delay(50);
  }
}

/**
 * Starts a MiniStack of its own on a free loopback port, installing it first where it is not there yet. Twelve digits as
 * access key are the account; regions are apart.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const executable = await installEmulator();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), "sluice-emulator-"));
  const env = environment(port, folder, options);
  const child = spawn(executable, { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-8_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  // A test run that ends by an uncaught error leaves nothing behind either.
  const onExit = (): void => {
    killGroup(child, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", onExit);
  const stop = async (): Promise<void> => {
    process.off("exit", onExit);
    await end(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await waitUntilHealthy(child, endpoint, () => output);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
}
