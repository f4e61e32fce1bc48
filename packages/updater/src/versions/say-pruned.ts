import type { Problem, RunContext, Target } from "@sluice/core";
import type { Pruned } from "./prune.ts";

/** Says after a deployment what became of old function versions; nothing when there is nothing to say. */
export function sayPruned(context: RunContext, target: Target, pruned: Pruned): void {
  const { versions, freedBytes, refused, problem } = pruned;
  if (versions.length > 0)
    say(context, target, `deleted ${listOf(versions)}: ${megabytes(freedBytes)} freed`);
  const [first] = refused;
  if (first !== undefined)
    say(context, target, `AWS keeps ${listOf(refused.map(({ version }) => version))}. ${first.why}`);
  if (problem !== null) sayUnpruned(context, target, problem);
}

/** Says why old function versions are still there. */
export function sayUnpruned(
  context: RunContext,
  target: Target,
  { message, hint }: Pick<Problem, "message" | "hint">,
): void {
  say(context, target, `old function versions were not deleted. ${message} ${hint}`.trim());
}

function say({ emit }: RunContext, { target, region }: Target, message: string): void {
  emit({ type: "notice", message: `${target} in ${region}: ${message}` });
}

/** `function versions 1, 2 and 5`. */
function listOf(versions: readonly string[]): string {
  const [last = ""] = versions.slice(-1);
  if (versions.length === 1) return `function version ${last}`;
  return `function versions ${versions.slice(0, -1).join(", ")} and ${last}`;
}

/** In powers of ten, as AWS counts the 75 GB that a region's code may take. */
function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
