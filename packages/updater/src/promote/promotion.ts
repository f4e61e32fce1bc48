import { openAws, resolveRegions } from "@sluice/aws";
import {
  type Artifact,
  type GitHistory,
  type GitRef,
  isSluiceError,
  joinErrors,
  type ResolvedConfig,
  type ResolvedEnvironment,
  type RunContext,
  type Target,
} from "@sluice/core";
import pMap from "p-map";
import type { Door } from "../settings.ts";
import { absentTargets } from "./absent-targets.ts";
import type { Candidate } from "./candidates.ts";
import { NOT_FOUND, promotionErrors } from "./errors.ts";
import { findDeployed, short } from "./find-deployed.ts";
import { type Place, placesOf, recordedIn } from "./places.ts";
import { promotedArtifact } from "./promoted-artifact.ts";
import { type Found, missedSomewhere, turnedAway } from "./turned-away.ts";

/** What is to be promoted, and where to. */
export interface PromotionInput {
  readonly config: ResolvedConfig;
  readonly from: ResolvedEnvironment;
  readonly to: ResolvedEnvironment;
  /** Names in the configuration. */
  readonly functions: readonly string[];
  /** The run's: its commit is promoted. */
  readonly ref: GitRef;
  /** Missing where nobody can ask git. */
  readonly history?: GitHistory;
}

/** What was found. */
export interface Promotion {
  readonly artifacts: readonly Artifact[];
  /** Of functions that the environment before never had, and that do not exist in the next one either. */
  readonly absent: readonly Target[];
  /** For people: which deployment is promoted. */
  readonly reason: string;
  /** For people, where the commit brings more than what was tested. */
  readonly notice: string | null;
}

/**
 * Finds the very artifacts that an environment had for a commit: by the records in its store. Nothing is built, and no zip is fetched
 * where the next environment has the same store.
 *
 * @param door - another way to AWS, for tests
 * @throws SLUICE_PROMOTION_NOT_FOUND, SLUICE_PROMOTION_REJECTED, SLUICE_PROMOTION_NO_COMMIT, and what reading fails with
 */
export async function findPromotion(
  input: PromotionInput,
  context: RunContext,
  door: Door = { openAws, resolveRegions },
): Promise<Promotion> {
  const { config, from, to, ref } = input;
  const { commit } = ref;
  if (commit === null) throw promotionErrors.commitMissing(from.name, to.name);
  const [places, ofTarget] = await Promise.all([placesOf(from, context, door), placesOf(to, context, door)]);
  const before = { places, stores: recordedIn(config, places) };
  const stores = recordedIn(config, ofTarget);
  const find = (functions: readonly string[]): ReturnType<typeof findDeployed> =>
    findDeployed({ ...input, functions }, commit, before, stores);
  const { candidate, found, absent, functions } = await find(input.functions).then(
    (all) => ({ ...all, absent: [], functions: input.functions }),
    (error: unknown) => withoutAbsent(input, ofTarget, context, error, find),
  );
  const chosen = functions.map((name) => chooseOne(input, name, found));
  const limit = { concurrency: context.concurrency };
  const refusals = await pMap(
    chosen,
    async (each) => (await turnedAway(input, each)) ?? missedSomewhere(input, each, places),
    limit,
  );
  const refusal = joinErrors(refusals.flatMap((error) => error ?? []));
  if (refusal !== undefined) throw refusal;
  const artifacts = await pMap(chosen, ([first]) => promotedArtifact(input, first.entry, first.place), limit);
  return { artifacts, absent, ...told(from.name, commit, candidate) };
}

type Deployed = Awaited<ReturnType<typeof findDeployed>>;

/** Looks again, for the functions alone that exist where they are promoted to; only where something was not found. */
async function withoutAbsent(
  input: PromotionInput,
  places: readonly Place[],
  context: RunContext,
  error: unknown,
  find: (functions: readonly string[]) => Promise<Deployed>,
): Promise<Deployed & { readonly absent: readonly Target[]; readonly functions: readonly string[] }> {
  if (!isSluiceError(error) || error.code !== NOT_FOUND) throw error;
  const absent = await absentTargets(input, places, context);
  const functions = input.functions.filter((name) => !absent.some((target) => target.function === name));
  if (absent.length === 0 || functions.length === 0) throw error;
  return { ...(await find(functions)), absent, functions };
}

/** In every region and account the same code must have been deployed. */
function chooseOne(
  { from, to }: PromotionInput,
  name: string,
  found: readonly Found[],
): readonly [Found, ...Found[]] {
  const [first, ...others] = found.filter(({ entry }) => entry.function === name);
  const isSame = ({ entry }: Found): boolean => entry.digest === first?.entry.digest;
  if (first !== undefined && others.every(isSame)) return [first, ...others];
  const each = [first, ...others].flatMap((one) =>
    one === undefined ? [] : [`${one.entry.region} has ${one.entry.digest}`],
  );
  const why = `it is not the same everywhere: ${each.join(", ")}`;
  throw promotionErrors.notFound([name], from.name, to.name, why);
}

/** For people: which deployment it is, and what the commit has beyond it. */
function told(from: string, commit: string, { name, how }: Candidate): Pick<Promotion, "reason" | "notice"> {
  const had = `Promotes what ${from} has had for`;
  if (how === "itself") return { reason: `${had} this commit.`, notice: null };
  if (how === "same-files") return { reason: `${had} a commit with the same files.`, notice: null };
  const reason = `${had} ${short(name)}, which ${short(commit)} merged.`;
  if (how === "merged") return { reason, notice: null };
  const notice = `Commit ${short(commit)} has other files than ${short(name)}, which it merged and which ${from} has had: what came otherwise was not tested there, and is not deployed.`;
  return { reason, notice };
}
