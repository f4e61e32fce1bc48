import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { x } from "tinyexec";

/** Pinned: the package is released several times a week. */
const MINISTACK = "1.5.33";
/** Milliseconds that another process may take to install before we give up on it. */
const INSTALL_TIMEOUT = 180_000;

/** Runs `command` and throws with its output when it fails. */
async function run(command: string, args: string[]): Promise<void> {
  const result = await x(command, args);
  if (result.exitCode !== 0)
    throw new Error(`${command} ${args.join(" ")} failed:\n${result.stdout}${result.stderr}`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Whether the process that holds the lock is gone: it was killed in the middle of an installation. */
async function isStale(lock: string): Promise<boolean> {
  const pid = Number(await readFile(join(lock, "pid"), "utf8").catch(() => ""));
  if (pid === 0) {
    const age = await stat(lock).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    );
    return age > 5_000;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** Takes the lock, or waits until whoever holds it has made `ready`. */
async function acquire(lock: string, ready: string): Promise<"acquired" | "ready"> {
  const deadline = Date.now() + INSTALL_TIMEOUT;
  while (Date.now() < deadline) {
    if (await exists(ready)) return "ready";
    const made = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (made) {
      await writeFile(join(lock, "pid"), String(process.pid));
      return "acquired";
    }
    if (await isStale(lock)) await rm(lock, { recursive: true, force: true });
    await delay(100);
  }
  throw new Error(`Another process holds ${lock} for over ${INSTALL_TIMEOUT / 1000} s.`);
}

/**
 * Installs MiniStack once per machine and returns the path of its executable. A virtual environment cannot be moved
 * (its scripts name their interpreter by absolute path), so it is made in place, under a lock.
 */
export async function installEmulator(): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "sluice-test", `ministack-${MINISTACK}`);
  const executable = join(folder, "bin", "ministack");
  const ready = join(folder, ".ready");
  const lock = `${folder}.lock`;
  if (await exists(ready)) return executable;
  await mkdir(dirname(folder), { recursive: true });
  if ((await acquire(lock, ready)) === "ready") return executable;
  try {
    if (await exists(ready)) return executable;
    await rm(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder]);
    const pip = join(folder, "bin", "pip");
    await run(pip, ["install", "--quiet", "--disable-pip-version-check", `ministack==${MINISTACK}`]);
    await writeFile(ready, "");
    return executable;
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}
