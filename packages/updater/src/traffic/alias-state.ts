import type { LambdaApi } from "@sluice/aws";
import type { Weights } from "../apply/weights.ts";
import type { ObservedAlias } from "../plan/observed.ts";

/** Takes what is needed out of the SDK's answer to GetAlias, UpdateAlias or CreateAlias. */
export function aliasState(answer: Awaited<ReturnType<LambdaApi["getAlias"]>>): ObservedAlias {
  return {
    version: answer.FunctionVersion ?? "",
    revisionId: answer.RevisionId ?? null,
    weights: answer.RoutingConfig?.AdditionalVersionWeights ?? {},
    description: answer.Description ?? "",
  };
}

export const hasWeights = (alias: Pick<ObservedAlias, "weights"> | null): boolean =>
  alias !== null && Object.keys(alias.weights).length > 0;

/** As `10 % of its calls to version 7`. */
export function sharesOf(weights: Weights): string {
  return Object.entries(weights)
    .map(([version, weight]) => `${Math.round(weight * 1_000) / 10} % of its calls to version ${version}`)
    .join(" and ");
}
