import { type Digest, type ProblemCode, type SluiceError, sluiceError, type Target } from "@sluice/core";

/** What keeps code from being promoted: nothing was written. */
const refused = (code: ProblemCode, message: string, where: string, hint: string): SluiceError =>
  sluiceError({ code, kind: "refusal", message, where, hint });

/** The environment's line that asks for a promotion. */
const promoteFrom = (to: string): string => `environments.${to}.promoteFrom`;

/** Code of what the environment before never had. */
export const NOT_FOUND = "SLUICE_PROMOTION_NOT_FOUND";

/** Errors of promotions, one function per code. */
export const promotionErrors = {
  /** What would be promoted was never deployed there, or is not kept. */
  notFound: (functions: readonly string[], from: string, to: string, why: string): SluiceError =>
    refused(
      "SLUICE_PROMOTION_NOT_FOUND",
      `There is nothing to promote from ${from} to ${to} for ${functions.join(", ")}: ${why}.`,
      promoteFrom(to),
      `Deploy that commit to ${from} first, and merge or check out the very commit that was deployed there; functions that ${from} does not have can be left out by naming the others.`,
    ),
  /** It was there, and was turned away. */
  rejected: (functionName: string, digest: Digest, from: string, to: string, why: string): SluiceError =>
    refused(
      "SLUICE_PROMOTION_REJECTED",
      `${functionName} is not promoted from ${from} to ${to}: ${digest} ${why}.`,
      promoteFrom(to),
      `Mend it and deploy it to ${from} again; if it was not to blame, deploy the same commit to ${from} again, and promote then.`,
    ),
  /** Without a store, a build must give what is live in the environment before. */
  notSame: (target: Target, live: string, built: Digest, from: string, to: string): SluiceError =>
    refused(
      "SLUICE_PROMOTION_NOT_SAME",
      `${target.function} was built as ${built}, and ${from} has ${live} live (${target.target} in ${target.region}).`,
      promoteFrom(to),
      `Deploy this commit to ${from} first. If it is there, the two builds were made from other sources, lockfiles or tools (sluice build shows the digest); a \`store\` lets the very artifact be promoted.`,
    ),
  /** Nobody knows what this run is about. */
  commitMissing: (from: string, to: string): SluiceError =>
    refused(
      "SLUICE_PROMOTION_NO_COMMIT",
      `What ${from} had for this commit cannot be told: there is no commit.`,
      promoteFrom(to),
      "Run it in a clone with the commit checked out, or name the commit with sluice promote --commit SHA.",
    ),
};
