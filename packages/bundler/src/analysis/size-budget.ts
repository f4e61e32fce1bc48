import type { Artifact, SluiceError } from "@sluice/core";
import type { AnalysedConfig } from "./analyze-artifact.ts";
import { sizeBudget } from "./errors.ts";

/**
 * Refuses deployment packages whose zip is bigger than their function's `maxSize`, however they were made, each with its
 * biggest parts.
 *
 * @returns a `SLUICE_SIZE_BUDGET` for each
 */
export async function sizeRefusals(
  config: AnalysedConfig,
  artifacts: readonly Artifact[],
): Promise<readonly SluiceError[]> {
  const budgets = new Map(config.functions.map((fn) => [fn.name, fn.maxSizeBytes]));
  const refusals: SluiceError[] = [];
  for (const artifact of artifacts) {
    const budget = budgets.get(artifact.function) ?? null;
    if (budget === null || artifact.manifest.sizeBytes <= budget) continue;
    // What the refusal rests on is the manifest; a zip that cannot be read takes nothing from it.
    const { analyzeArtifact } = await import("./analyze-artifact.ts");
    const analysed = await analyzeArtifact(artifact, config).catch(() => null);
    refusals.push(
      sizeBudget(artifact.function, artifact.manifest.sizeBytes, budget, analysed?.analysis ?? null),
    );
  }
  return refusals;
}
