// Tries every fault, race and scale in full: what `npm test` takes a sample of. Takes about an hour on two cores.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./turbo.mjs";

const { status } = spawnSync(
  join(ROOT, "node_modules", ".bin", "vitest"),
  ["run", "--config", "../../vitest.config.ts", "--no-file-parallelism", ...folders(process.argv.slice(2))],
  {
    cwd: join(ROOT, "tooling", "repository"),
    stdio: ["ignore", 1, 1],
    env: { ...process.env, SLUICE_TEST_FAULTS: "full" },
  },
);
process.exitCode = status ?? 1;

/** `npm run test:faults races` runs the races alone. */
function folders(given) {
  return (given.length > 0 ? given : ["faults", "races", "scale"]).map((name) => `src/${name}/`);
}
