import { openAws, resolveRegions } from "@sluice/aws";
import {
  type Artifact,
  type GitHistory,
  type GitRef,
  joinErrors,
  type ResolvedConfig,
  type ResolvedEnvironment,
  type RunContext,
} from "@sluice/core";
import pMap from "p-map";
import type { Door } from "../settings.ts";
import { type Candidate, candidatesFor } from "./candidates.ts";
import { promotionErrors } from "./errors.ts";
import { type Place, placesOf, type RecordedIn, recordedIn } from "./places.ts";
import { promotedArtifact } from "./promoted-artifact.ts";
import { type Found, rejectedFor, turnedAway } from "./turned-away.ts";

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
  if (ref.commit === null) throw promotionErrors.commitMissing(from.name, to.name);
  const places = await placesOf(from, context, door);
  const stores = recordedIn(config, places);
  const { candidate, found } = await findDeployed(input, ref.commit, places, stores);
  const chosen = input.functions.map((name) => chooseOne(input, name, found));
  const limit = { concurrency: context.concurrency };
  const refusals = await pMap(chosen, (each) => turnedAway(input, each), limit);
  const refusal = joinErrors(refusals.flatMap((error) => error ?? []));
  if (refusal !== undefined) throw refusal;
  const artifacts = await pMap(chosen, ([first]) => promotedArtifact(input, first.entry, first.place), limit);
  return { artifacts, ...(await told(input, ref.commit, candidate)) };
}

/** The first candidate that all functions were deployed for. */
async function findDeployed(
  input: PromotionInput,
  commit: string,
  places: readonly Place[],
  stores: readonly RecordedIn[],
): Promise<{ readonly candidate: Candidate; readonly found: readonly Found[] }> {
  const { from, to, functions, history } = input;
  const tried: string[] = [];
  let missing = functions;
  for await (const candidate of candidatesFor(commit, history)) {
    const found = await entriesOf(from, candidate, stores);
    const names = new Set(found.map(({ entry }) => entry.function));
    const lacking = functions.filter((name) => !names.has(name));
    if (lacking.length === 0) return { candidate, found };
    if (lacking.length < missing.length) missing = lacking;
    if (candidate.how !== "same-tree") tried.push(candidate.name);
  }
  const rejected = await rejectedFor(input, { functions: missing, commits: tried }, places, stores);
  throw rejected ?? promotionErrors.notFound(missing, from.name, to.name, whyNone(from.name, commit, tried));
}

async function entriesOf(
  from: ResolvedEnvironment,
  { name }: Candidate,
  stores: readonly RecordedIn[],
): Promise<readonly Found[]> {
  const all = await Promise.all(
    stores.map(async (place) => {
      const entries = await place.deployments.readCommit(from.name, name);
      return entries.map((entry) => ({ entry, place }));
    }),
  );
  return all.flat();
}

function whyNone(from: string, commit: string, tried: readonly string[]): string {
  const merged = tried.slice(1).map(short);
  const others = merged.length === 0 ? "" : `, nor of ${merged.join(", ")}, which it merged`;
  return `${from} has no record of commit ${short(commit)}${others}, nor of one with the same files`;
}

const short = (commit: string): string => commit.slice(0, 12);

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

async function told(
  { from, history }: PromotionInput,
  commit: string,
  { name, how }: Candidate,
): Promise<Pick<Promotion, "reason" | "notice">> {
  if (how === "itself")
    return { reason: `Promotes what ${from.name} has had for this commit.`, notice: null };
  if (how === "same-tree")
    return { reason: `Promotes what ${from.name} has had for a commit with the same files.`, notice: null };
  const reason = `Promotes what ${from.name} has had for ${short(name)}, which ${short(commit)} merged.`;
  const trees = await Promise.all([history?.tree(commit), history?.tree(name)]);
  const isSame = trees[0] != null && trees[0] === trees[1];
  const notice = `Commit ${short(commit)} has other files than ${short(name)}, which it merged and which ${from.name} has had: what came otherwise was not tested there, and is not deployed.`;
  return { reason, notice: isSame ? null : notice };
}
