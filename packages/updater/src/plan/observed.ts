import type { LambdaApi } from "@sluice/aws";
import type { Architecture, Problem } from "@sluice/core";
import type { Weights } from "../apply/weights.ts";

/** What the SDK calls a FunctionConfiguration: the common part of all answers about a function. */
export type FunctionConfiguration = NonNullable<
  Awaited<ReturnType<LambdaApi["listFunctions"]>>["Functions"]
>[number];

/** What Sluice needs to know of a function, or of one of its versions. */
export interface FunctionState {
  readonly arn: string | null;
  /** `$LATEST`, or the number of a function version. */
  readonly version: string | null;
  readonly codeSha256: string | null;
  readonly revisionId: string | null;
  readonly handler: string | null;
  readonly runtime: string | null;
  readonly architecture: Architecture;
  readonly packageType: "Zip" | "Image";
  /** ARNs of layer versions. */
  readonly layers: readonly string[];
  /** `null` in lists, which do not tell. */
  readonly state: "Pending" | "Active" | "Inactive" | "Failed" | string | null;
  readonly stateReason: string | null;
  /** `null` in lists, which do not tell. */
  readonly lastUpdateStatus: "Successful" | "InProgress" | "Failed" | string | null;
  readonly lastUpdateReason: string | null;
  /** ISO 8601, as AWS gives it. */
  readonly lastModified: string | null;
}

/** What only GetAlias tells of an alias. */
export interface ObservedAlias {
  /** Function version that it stands on, or `$LATEST`. */
  readonly version: string;
  readonly revisionId: string | null;
  /** Shares of other function versions, above 0 and at most 1; empty for none. */
  readonly weights: Weights;
  /** Empty for none. */
  readonly description: string;
}

/** What the reads of `plan` found. */
export type Observed =
  | { readonly kind: "absent" }
  /** A read failed, and not because there is no function. */
  | { readonly kind: "unreadable"; readonly problem: Problem }
  | {
      readonly kind: "present";
      /**
       * What callers get: the alias's function version, else `$LATEST`. Without `codeSha256` that version was deleted, and
       * callers get an error.
       */
      readonly live: FunctionState;
      /** `null` when it was not read, because the alias has the right code. */
      readonly latest: FunctionState | null;
      /** Whether the environment's alias exists; `false` without one. */
      readonly aliasExists: boolean;
      /** The alias itself; `null` when it was not read, as where its function version alone tells enough. */
      readonly alias: ObservedAlias | null;
      /** The newest function version, if it has the artifact's code; looked up when `$LATEST` has it, the alias not. */
      readonly published: string | null;
      /** `$LATEST` is live and has the artifact's code, and was looked up: no function version has it. */
      readonly unpublished: boolean;
    };

const reason = (code: string | undefined, text: string | undefined): string | null =>
  [code, text].filter((part) => part !== undefined && part !== "").join(": ") || null;

/** Takes what is needed out of an SDK answer. */
export function functionState(configuration: FunctionConfiguration): FunctionState {
  return {
    arn: configuration.FunctionArn ?? null,
    version: configuration.Version ?? null,
    // An emulator may have none for an image.
    codeSha256: configuration.CodeSha256 || null,
    revisionId: configuration.RevisionId ?? null,
    handler: configuration.Handler ?? null,
    runtime: configuration.Runtime ?? null,
    // Functions from before Architectures existed have none, and run on x86_64.
    architecture: configuration.Architectures?.[0] ?? "x86_64",
    packageType: configuration.PackageType ?? "Zip",
    layers: (configuration.Layers ?? []).flatMap(({ Arn }) => (Arn === undefined ? [] : [Arn])),
    state: configuration.State ?? null,
    stateReason: reason(configuration.StateReasonCode, configuration.StateReason),
    lastUpdateStatus: configuration.LastUpdateStatus ?? null,
    lastUpdateReason: reason(configuration.LastUpdateStatusReasonCode, configuration.LastUpdateStatusReason),
    lastModified: configuration.LastModified ?? null,
  };
}

/**
 * What AWS has as the CodeSha256 of an image function: the image's digest, in hexadecimal (as GetFunction answers for them; the API
 * reference says of a deployment package alone what it is).
 *
 * @param uri - URI by digest
 */
export function imageDigest(uri: string | undefined): string | null {
  return /@sha256:([0-9a-f]{64})$/.exec(uri ?? "")?.[1] ?? null;
}

/** Twelve digits out of a function's ARN, as in `arn:aws:lambda:eu-west-1:111111111111:function:name`. */
export function accountOf(arn: string | null): string | null {
  return arn?.split(":")[4] || null;
}

/** Lambda refuses code updates while this is so. */
export function isBusy(state: FunctionState): boolean {
  return state.lastUpdateStatus === "InProgress" || state.state === "Pending";
}

/**
 * Whether the code can be called. `Inactive` can: an idle function becomes active with its next call. Function versions
 * without a LastUpdateStatus were never updated.
 */
export function readiness(state: FunctionState): "ready" | "busy" | "failed" {
  if (state.lastUpdateStatus === "Failed" || state.state === "Failed") return "failed";
  return isBusy(state) ? "busy" : "ready";
}

/** `$LATEST` names the code of an update even when that update failed: it has to be done again. */
export function failedUpdate(state: FunctionState): boolean {
  return state.version === "$LATEST" && state.lastUpdateStatus === "Failed";
}
