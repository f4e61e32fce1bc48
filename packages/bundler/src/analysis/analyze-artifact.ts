import { readFile } from "node:fs/promises";
import type { Artifact, ResolvedConfig } from "@sluice/core";
import type { Inventory } from "../inventory.ts";
import { type Analysis, analyze } from "./analysis.ts";
import { readInventory } from "./read-inventory.ts";
import { knownNames, type Reason, why } from "./why.ts";
import { contentsOf } from "./zip-contents.ts";

/** A deployment package, looked into. */
export interface AnalysedArtifact {
  readonly analysis: Analysis;
  /** Whether it is known what was bundled; otherwise the files of the zip are all that there is to tell. */
  readonly knowsModules: boolean;
  /** As {@link why}. */
  why(name: string): readonly Reason[];
  readonly names: () => readonly string[];
}

async function analysisOf(
  artifact: Artifact,
  config: ResolvedConfig,
  inventory: Inventory,
): Promise<Analysis> {
  const fn = config.functions.find(({ name }) => name === artifact.function);
  return analyze({
    manifest: artifact.manifest,
    maxSizeBytes: fn?.maxSizeBytes ?? null,
    inventory,
    contents: contentsOf(await readFile(artifact.path), artifact.path),
  });
}

/**
 * Looks into an artifact of this repository, just built or found unchanged.
 *
 * @throws what `measureZip` of `@sluice/artifact` throws for a zip that was damaged since
 */
export async function analyzeArtifact(artifact: Artifact, config: ResolvedConfig): Promise<AnalysedArtifact> {
  const inventory = await readInventory(config.root, artifact.function);
  const analysis = await analysisOf(artifact, config, inventory);
  return {
    analysis,
    knowsModules: inventory.metafile !== null,
    why: (name) => why(name, analysis, inventory),
    names: () => knownNames(analysis, inventory),
  };
}
