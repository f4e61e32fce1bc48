import type { LeaseHolder } from "@sluice/artifact";
import type { Actor, Digest, Problem } from "@sluice/core";
import type { Weights } from "../apply/weights.ts";
import type { Rollout } from "../traffic/rollout.ts";

/**
 * Whether what is live is what was deployed, told by its CodeSha256: `code`, it is not what the newest record of a deployment
 * has; `unknown-origin`, nothing tells where it comes from; `absent`, there is no function.
 */
export type Drift = "none" | "code" | "unknown-origin" | "absent";

/** What is known of where live code comes from. */
export interface Origin {
  /** `null` when it could not be told. */
  readonly drift: Drift | null;
  /** 40 hexadecimal digits from a record, the first 12 from a description. */
  readonly commit: string | null;
  readonly packageVersion: string | null;
  /** ISO 8601. Of a record; without one, when Lambda last modified the function version. */
  readonly deployedAt: string | null;
  readonly who: Actor | null;
  /** Why it is taken for drift, for people; empty when there is none. */
  readonly reason: string;
  /** What should be live by the newest record, where something else is. */
  readonly expected: {
    readonly digest: Digest;
    readonly version: string | null;
    readonly commit: string | null;
    readonly deployedAt: string;
  } | null;
}

/** One function in one account and region, as it is now. */
export interface FunctionStatus extends Origin {
  /** Name in the configuration. */
  readonly function: string;
  /** Name in AWS, or ARN. */
  readonly target: string;
  readonly account: string | null;
  readonly region: string;
  /** Function version that callers get; `null` when that is `$LATEST` and no record names one. */
  readonly version: string | null;
  /** `null` without one: then callers get `$LATEST`. */
  readonly alias: string | null;
  /** Of what callers get. */
  readonly digest: Digest | null;
  readonly codeSha256: string | null;
  /** Digest of `$LATEST` where it is another. */
  readonly latestDigest: Digest | null;
  /** Shares of the alias's calls that go to other function versions; empty where the alias was not asked for them. */
  readonly weights: Weights;
  /** Sluice's own rollout under way, by the alias's description. */
  readonly rollout: Rollout | null;
  /** Function version that did not pass its test or rollout, and has not been followed by another since. */
  readonly rejectedVersion: string | null;
  /** Why Lambda cannot run what callers get; `null` when it can, or a list told of it, which says nothing of that. */
  readonly failure: string | null;
  /** Why it could not be read. */
  readonly error: Problem | null;
  readonly apiCalls: Readonly<Record<string, number>>;
}

/** An environment as it is now. */
export interface EnvironmentStatus {
  readonly name: string;
  readonly functions: readonly FunctionStatus[];
  /** The run that holds it now; `null` when none does, or there is no store. */
  readonly lease: LeaseHolder | null;
  /** Why it, or a region or account of it, could not be read. */
  readonly errors: readonly Problem[];
}
