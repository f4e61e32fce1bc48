import { type GateInput, type RunContext, type SluiceError, sluiceError } from "@sluice/core";
import { describeRef, gitflowErrors } from "./errors.ts";
import { namesAtHead } from "./git/names.ts";
import type { Place } from "./git/run.ts";
import { readWorkTree } from "./git/work-tree.ts";
import type { MappedChoice } from "./map-branch.ts";

/** A ref that nothing can be deployed under, whatever it maps to. */
async function unknownSource(input: GateInput, place: Place): Promise<SluiceError | null> {
  const { ref, environment } = input;
  // Named by --environment, in a line that review can see: then it does not matter where the code comes from.
  if (environment?.allowAnyBranch === true) return null;
  if (ref.commit === null)
    return ref.dirty === null ? gitflowErrors.notARepository(place.cwd) : gitflowErrors.noCommits(place.cwd);
  if (ref.branch !== null || ref.tag !== null) return null;
  const { branches, tags } = await namesAtHead(place);
  return gitflowErrors.detachedHead(branches, tags);
}

function wrongBranch({ environment, choice, ref }: GateInput): SluiceError | null {
  if (environment === null || environment.allowAnyBranch || choice.environment === environment.name)
    return null;
  return gitflowErrors.branchNotAllowed(describeRef(ref), environment.name, choice.reason);
}

function wrongVersion({ environment, choice }: GateInput): SluiceError | null {
  // A choice of another plugin has no refusal of its own.
  const { refusal } = choice as Partial<MappedChoice>;
  if (refusal === undefined || refusal === null || environment?.name !== choice.environment) return null;
  return sluiceError(refusal);
}

async function dirtyTree(input: GateInput, place: Place): Promise<SluiceError | null> {
  const { ref, environment, options, command } = input;
  // `sluice promote` takes nothing from the tree: its code was built before. A push that promotes is a deployment all the same.
  if (command === "promote") return null;
  if (environment === null || ref.dirty !== true || options.allowDirty || environment.allowDirty) return null;
  const tree = await readWorkTree(place);
  return gitflowErrors.dirtyTree(ref.commit, environment.name, tree?.changed ?? []);
}

/**
 * Refuses a deployment from a ref that does not map to where the run goes, from a tree that differs from its commit, or
 * without a commit at all. A branch or tag that maps nowhere passes: nothing is deployed then. A promotion takes nothing from the
 * tree, and a rollback nothing from the ref.
 *
 * git is asked again only to explain a refusal.
 */
export async function gate(
  input: GateInput,
  context: Pick<RunContext, "cwd" | "env">,
): Promise<readonly SluiceError[]> {
  const { ref, environment } = input;
  if (ref.pullRequest !== null)
    return environment === null ? [] : [gitflowErrors.pullRequest(ref.pullRequest.id, environment.name)];
  // What callers had before came through this gate then.
  if (input.command === "rollback") return [];
  const place: Place = { cwd: context.cwd, env: context.env };
  const source = await unknownSource(input, place);
  if (source !== null) return [source];
  const refusals = [wrongBranch(input), wrongVersion(input), await dirtyTree(input, place)];
  return refusals.filter((refusal) => refusal !== null);
}
