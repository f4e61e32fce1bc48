import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { x } from "tinyexec";

/** Time for one project's dependencies. */
const TIMEOUT_MS = 300_000;

/** What stands in the last lines of npm's output, in one. */
function reasonOf(output: string): string {
  const lines = output.split("\n").filter((line) => /^npm (?:error|ERR!)/.test(line));
  const told = lines.map((line) => line.replace(/^npm (?:error|ERR!) ?/, "")).filter((line) => line !== "");
  return told.slice(0, 2).join(" ") || "npm install failed";
}

const ARGS = [
  "install",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--no-package-lock",
  "--loglevel=error",
];

/** With peers, as npm does by itself; without them where they do not fit together. */
async function npmInstall(folder: string): Promise<string | null> {
  const run = async (more: readonly string[]) =>
    x("npm", [...ARGS, ...more], { timeout: TIMEOUT_MS, nodeOptions: { cwd: folder } });
  const first = await run([]);
  if (first.exitCode === 0) return null;
  const second = /ERESOLVE/.test(first.stderr) ? await run(["--legacy-peer-deps"]) : first;
  return second.exitCode === 0 ? null : reasonOf(second.stderr);
}

/**
 * Installs the dependencies of a project, and of the folders above it that have a package.json, since examples share them. No
 * script of theirs is run.
 *
 * @param known - folders that were installed before, with the reason why not
 * @returns why it could not be done, `null` when it could
 */
export async function install(
  corpus: string,
  folder: string,
  known: Map<string, string | null>,
): Promise<string | null> {
  let reason: string | null = null;
  for (let at = folder; ; at = dirname(at)) {
    const path = join(corpus, at);
    if (existsSync(join(path, "package.json"))) {
      if (!known.has(at))
        known.set(at, existsSync(join(path, "node_modules")) ? null : await npmInstall(path));
      reason ??= known.get(at) ?? null;
    }
    if (at === ".") return reason;
  }
}
