import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of this repository. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** What goes into a build, and nothing that one leaves behind. */
const SOURCES = ["src", "pyproject.toml", "pylock.toml", "package.json", "sluice.config.ts"];
const VERSION = "import sys; print('python%d.%d' % sys.version_info[:2])";

/** The Python of this machine as Lambda names it: `python3.11`. */
export function ownPython(): string {
  return execFileSync("python3", ["-c", VERSION], { encoding: "utf8" }).trim();
}

/** A copy of this repository in a folder for temporary files. */
export function copyRepository(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "thumbnails-"));
  for (const name of SOURCES)
    cpSync(join(ROOT, name), join(path, name), {
      recursive: true,
      filter: (file) => !file.includes("__pycache__"),
    });
  symlinkSync(join(ROOT, "node_modules"), join(path, "node_modules"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Builds the package as a deployment does.
 *
 * @param runtime - the embedded AWS's Python; `undefined` builds what goes to AWS itself
 * @returns absolute path of the zip
 */
export function buildPackage(repository: string, runtime: string | undefined): string {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1" };
  delete env.SLUICE_LOCAL_PYTHON;
  if (runtime !== undefined) env.SLUICE_LOCAL_PYTHON = runtime;
  execFileSync(join(ROOT, "node_modules", ".bin", "sluice"), ["build", "--json"], {
    cwd: repository,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return join(repository, ".sluice", "artifacts", "thumbnails.zip");
}
