import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * Folders of the configuration and of everything that it imports by path or extends, as the cache of compiled configurations
 * names them.
 *
 * @param file - `--config`, if it was given
 */
export function configurationFolders(cwd: string, file: string | undefined): string[] {
  const folders = new Set([cwd, ...(file === undefined ? [] : [dirname(resolve(cwd, file))])]);
  const cache = join(cwd, ".sluice", "cache", "config");
  for (const path of recordsIn(cache)) {
    try {
      const { inputs } = JSON.parse(readFileSync(path, "utf8")) as { inputs: [string, string][] };
      for (const [input] of inputs) if (!input.includes("node_modules")) folders.add(dirname(input));
    } catch {
      // Not a record, or one that is being written: the next round reads it.
    }
  }
  return [...folders];
}

function recordsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
