import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Folders that no source stands in, wherever they are. */
const NEVER: ReadonlySet<string> = new Set([
  ...[
    ".git",
    ".hg",
    ".svn",
    ".sluice",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    ".eggs",
    "node_modules",
    "__pycache__",
  ],
  ...[".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".idea", ".vscode"],
]);
/** What a build leaves at the top of a project; below it they may be packages. */
const BUILT: ReadonlySet<string> = new Set(["build", "dist"]);

function counts(name: string, isTop: boolean): boolean {
  return !NEVER.has(name) && !name.endsWith(".egg-info") && !(isTop && BUILT.has(name));
}

function filesBelow(folder: string, isTop: boolean): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => counts(name, isTop));
  return entries
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path, false);
      return entry.isFile() && !/\.py[co]$/.test(entry.name) ? [path] : [];
    });
}

/**
 * What a project of the repository is built from: every file of its folder but caches, virtual environments, version control and
 * what builds leave; of a source archive the archive.
 *
 * @param path - absolute path of the folder or archive
 * @returns absolute paths, in an order that is the same everywhere; none when there is nothing
 */
export function projectFiles(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isDirectory() ? filesBelow(path, true) : [path];
}
