import { isSluiceError, type Problem, type ResolvedConfig, type Target } from "@sluice/core";
import type { Place } from "../promote/places.ts";

/** Something that an environment's deployments count on, beside its functions. */
export interface Prerequisite {
  /** As `store`, `promotion`. */
  readonly subject: string;
  /** What is so, for people, when nothing is wrong. */
  readonly detail: string;
  /** What is wrong; none when it is as it should be. */
  readonly problems: readonly Problem[];
}

/** Looks at one subject in one account and region; `null` when nothing of it is configured. */
export type Look = (
  config: ResolvedConfig,
  place: Place,
  targets: readonly Target[],
) => Promise<Prerequisite | null>;

/** The problems of a check that failed; an interruption goes on. */
export async function problemsOf(check: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await check;
    return [];
  } catch (error) {
    if (!isSluiceError(error) || error.problems[0].kind === "interrupted") throw error;
    return error.problems;
  }
}
