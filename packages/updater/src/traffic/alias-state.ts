import type { LambdaApi } from "@sluice/aws";
import type { Weights } from "../weights.ts";

/** What GetAlias tells of an alias, and GetFunction does not. */
export interface AliasState {
  /** Function version that gets the calls which no weight sends elsewhere; `$LATEST` is possible. */
  readonly version: string | null;
  readonly revisionId: string | null;
  /** Empty without any. */
  readonly weights: Weights;
  /** Empty without one. */
  readonly description: string;
}

/** Takes what is needed out of the SDK's answer to GetAlias, UpdateAlias or CreateAlias. */
export function aliasState(answer: Awaited<ReturnType<LambdaApi["getAlias"]>>): AliasState {
  return {
    version: answer.FunctionVersion ?? null,
    revisionId: answer.RevisionId ?? null,
    weights: answer.RoutingConfig?.AdditionalVersionWeights ?? {},
    description: answer.Description ?? "",
  };
}

/** As `10 % of its calls to version 7`. */
export function sharesOf(weights: Weights): string {
  return Object.entries(weights)
    .map(([version, weight]) => `${Math.round(weight * 1_000) / 10} % of its calls to version ${version}`)
    .join(" and ");
}
