import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ResolvedConfig } from "@sluice/core";
import { artifactNames } from "../build/artifact-names.ts";
import { namesIn } from "./fingerprint.ts";
import { NEWEST_ALONE } from "./keep.ts";
import { type Places, removeFile, tidy } from "./tidy.ts";

const MANIFEST = ".manifest.json";

/** Artifacts of functions that the configuration no longer has, with everything that stands beside them. */
function removeGone({ artifacts }: Places, configured: readonly string[]): number {
  const names = namesIn(artifacts);
  const functions = names
    .filter((name) => name.endsWith(MANIFEST))
    .map((name) => name.slice(0, -MANIFEST.length))
    .filter((name) => !configured.includes(name));
  const gone = names.filter((name) => functions.some((each) => name.startsWith(`${each}.`)));
  return gone.reduce((freed, name) => freed + removeFile(join(artifacts, name)), 0);
}

/** Compiled configurations that no record names any more. */
function removeConfigurations({ cache }: Places): number {
  const folder = join(cache, "config");
  const names = namesIn(folder);
  const used = new Set<string>();
  for (const name of names.filter((each) => each.endsWith(".json"))) {
    try {
      const { module } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { module?: unknown };
      if (typeof module === "string") used.add(basename(module));
    } catch {
      // Not a record: nothing is used by it.
    }
  }
  const unused = names.filter((name) => name.endsWith(".mjs") && !used.has(name));
  return unused.reduce((freed, name) => freed + removeFile(join(folder, name)), 0);
}

/** Tarballs of packages that were fetched for another platform, below folders by their digest. */
const FETCHED = ["sha1", "sha256", "sha384", "sha512"];

/** What was fetched is in the artifacts that need it; a build that needs it again fetches it again. */
function removeFetched({ cache }: Places): number {
  let freed = 0;
  for (const algorithm of FETCHED) {
    const folder = join(cache, "packages", algorithm);
    for (const part of namesIn(folder))
      for (const name of namesIn(join(folder, part))) freed += removeFile(join(folder, part, name));
  }
  return freed;
}

/**
 * Removes from `.sluice` what the newest build of no configured function needs: older builds, functions that are gone, and
 * what killed runs left.
 *
 * @returns bytes that were freed
 */
export function pruneCache(config: ResolvedConfig): number {
  const own = join(config.root, ".sluice");
  const places = { artifacts: join(own, "artifacts"), cache: join(own, "cache") };
  const configured = artifactNames(config);
  const freed = tidy(places, configured, NEWEST_ALONE, Date.now());
  const others = [removeGone(places, configured), removeConfigurations(places), removeFetched(places)];
  return others.reduce((sum, bytes) => sum + bytes, freed);
}
