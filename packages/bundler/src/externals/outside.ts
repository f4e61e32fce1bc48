import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeCacheFile } from "@sluice/artifact";
import { type Installation, openInstallation } from "./installation.ts";

/** What is known in a run about packages that stay outside of bundles. */
export interface Outside {
  readonly installation: Installation;
  /** Names of packages that were seen to stay outside by themselves. Only ever a hint: each copy is looked at. */
  readonly suspects: Set<string>;
  /** Package folder, relative to the root → whether it has to stay outside. */
  readonly known: Map<string, boolean>;
}

/** Below `.sluice/cache`; in a folder, as names beside it are functions'. */
const REMEMBERED = join("packages", "outside.json");

/**
 * @param root - real path of the repository's root
 * @param cache - absolute path of `.sluice/cache`, where the names of an earlier build may stand; `null` for none
 */
export function openOutside(root: string, cache: string | null): Outside {
  const remembered = cache === null ? [] : readRemembered(cache);
  return { installation: openInstallation(root), suspects: new Set(remembered), known: new Map() };
}

function readRemembered(cache: string): string[] {
  try {
    const names: unknown = JSON.parse(readFileSync(join(cache, REMEMBERED), "utf8"));
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

/**
 * Remembers the names, so that the next cold build needs one build instead of two. A name too many or too few costs time and
 * changes no byte.
 */
export function rememberOutside(outside: Outside, cache: string): void {
  const names = [...outside.suspects].sort();
  if (names.join() !== readRemembered(cache).sort().join())
    writeCacheFile(join(cache, REMEMBERED), JSON.stringify(names));
}
