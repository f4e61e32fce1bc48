import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../cache.ts";
import { runCommand } from "../command.ts";

/**
 * Installs npm packages once into the cache.
 *
 * @param packages - as `name@version`; the first one names the folder
 * @returns the folder that has `node_modules`
 */
export function installPackages(packages: readonly string[], signal: AbortSignal): Promise<string> {
  const name = packages.join("+").replace(/[@/]/g, "-");
  return cached(name, async (cwd) => {
    await writeFile(join(cwd, "package.json"), "{}");
    const args = ["install", "--no-audit", "--no-fund", "--loglevel=error", ...packages];
    await runCommand("npm", args, { cwd, env: process.env as Record<string, string>, signal });
  });
}
