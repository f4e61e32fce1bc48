import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Runs turbo in the repository, without its telemetry; gives its exit code. */
export function turbo(args) {
  const { status } = spawnSync(join(ROOT, "node_modules", ".bin", "turbo"), args, {
    cwd: ROOT,
    stdio: ["ignore", 1, 1],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
  });
  return status ?? 1;
}
