import { join } from "node:path";
import type { CallCounter } from "@sluice/aws";
import type { Artifact, Digest, PlanInput, RunContext } from "@sluice/core";
import { storeOf } from "../code/package-code.ts";
import { plan } from "../plan/plan.ts";
import type { Settings } from "../settings.ts";
import type { Destination } from "./destination.ts";
import { rollbackErrors } from "./errors.ts";
import type { RollbackChange } from "./plan-rollback.ts";
import type { Seen } from "./seen.ts";

interface Planning {
  readonly input: PlanInput;
  readonly context: RunContext;
  readonly settings: Settings;
}

interface Wanted {
  readonly seen: Seen;
  readonly destination: Extract<Destination, { kind: "digest" }>;
  readonly calls: CallCounter;
}

/** Plans to deploy older code again, as any code is deployed: it has to fit what the function is now. */
export async function planRedeploy(
  { input, context, settings }: Planning,
  { seen, destination, calls }: Wanted,
): Promise<Partial<RollbackChange> & Pick<RollbackChange, "action" | "reason">> {
  const artifact = await storedArtifact(input, seen, destination, calls);
  const [change] = await plan({ ...atOnce(input, seen), artifacts: [artifact] }, context, settings);
  if (change === undefined) throw new Error("a target without a change");
  for (const [operation, count] of Object.entries(change.apiCalls))
    calls[operation] = (calls[operation] ?? 0) + count;
  const isWrite = change.action === "update" || change.action === "move-alias";
  const reason = isWrite ? `back to ${destination.digest.slice(0, 19)}: ${destination.why}` : change.reason;
  return { ...change, reason, state: { kind: "redeploy", change: { ...change, reason } } };
}

/** Code that callers had is not tested anew, and gets all of them at once. */
export function atOnce<I extends PlanInput>(input: I, seen?: Pick<Seen, "target">): I {
  const { environment, options } = input;
  return {
    ...input,
    environment: {
      ...environment,
      traffic: null,
      ...(seen === undefined ? {} : { regions: [seen.target.region] }),
    },
    options: { ...options, skipTest: true, allowDowngrade: true },
  };
}

async function storedArtifact(
  input: PlanInput,
  { aws, target }: Seen,
  { digest, why }: Wanted["destination"],
  calls: CallCounter,
): Promise<Artifact> {
  const store = storeOf(input, aws, calls);
  // The manifest is put last, but what is old may have been taken away by a rule of the bucket.
  const isKept = (await store?.has(digest, target.function)) === true;
  const found = isKept ? await store?.find(digest, target.function) : null;
  if (found === null || found === undefined)
    throw rollbackErrors.digestAbsent(target, digest, why, "the store does not have it");
  return { function: target.function, path: pathOf(input, digest, target.function), ...found, cached: true };
}

/** Where the zip is fetched to when Lambda does not take it from the store itself. */
function pathOf({ config }: PlanInput, digest: Digest, functionName: string): string {
  return join(config.root, ".sluice", "store", digest.slice("sha256:".length), `${functionName}.zip`);
}
