import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInventory, readInventory } from "@sluice/artifact";
import type { Artifact, ResolvedConfig } from "@sluice/core";
import type { Metafile } from "esbuild";
import { type Analysis, analyze } from "./analysis.ts";
import { knownNames, type Reason, why } from "./why.ts";
import { contentsOf } from "./zip-contents.ts";

/** The part of a configuration that analyses need. */
export type AnalysedConfig = Pick<ResolvedConfig, "root" | "functions">;

/** A deployment package, looked into. */
export interface AnalysedArtifact {
  readonly analysis: Analysis;
  /** Whether it is known what was bundled; otherwise the files of the zip are all that there is to tell. */
  readonly knowsModules: boolean;
  /** One reason for each copy of a package, or each module, that is called so; none when nothing is. */
  readonly why: (name: string) => readonly Reason[];
  /** What `why` can be asked for. */
  readonly names: () => readonly string[];
}

/**
 * Looks into an artifact of this repository, just built or found unchanged. What was bundled is known from the cache, which may be
 * deleted at any time.
 *
 * @throws what `measureZip` of `@sluice/artifact` throws for a zip that was damaged since
 */
export async function analyzeArtifact(artifact: Artifact, config: AnalysedConfig): Promise<AnalysedArtifact> {
  const { function: name, manifest, path } = artifact;
  // A layer is shown under another name than its files have.
  const known = readInventory<Metafile>(join(config.root, ".sluice", "cache"), manifest.function);
  const inventory = known ?? createInventory<Metafile>(null, [], []);
  const analysis = analyze({
    manifest: { ...manifest, function: name },
    maxSizeBytes: config.functions.find((fn) => fn.name === name)?.maxSizeBytes ?? null,
    inventory,
    contents: contentsOf(await readFile(path), path),
  });
  return {
    analysis,
    knowsModules: inventory.metafile !== null,
    why: (wanted) => why(wanted, analysis, inventory),
    names: () => knownNames(analysis, inventory),
  };
}
