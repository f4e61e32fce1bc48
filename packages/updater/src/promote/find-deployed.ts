import type { ResolvedEnvironment } from "@sluice/core";
import { goesByBucket } from "../code/package-code.ts";
import { type Candidate, candidatesFor } from "./candidates.ts";
import { promotionErrors } from "./errors.ts";
import type { Place, RecordedIn } from "./places.ts";
import type { PromotionInput } from "./promotion.ts";
import { type Found, rejectedFor } from "./turned-away.ts";

/** The environment that has had what is promoted. */
interface Before {
  readonly places: readonly Place[];
  readonly stores: readonly RecordedIn[];
}

/** What was looked for in vain. */
interface InVain {
  readonly commit: string;
  /** Commits, the first of them the one above. */
  readonly tried: readonly string[];
  /** Those that the target has had already. */
  readonly old: readonly string[];
}

/**
 * The first candidate that all functions were deployed for in the environment before.
 *
 * What was merged with other files, and was promoted as itself before, is what the branch had: what is new is the rest, which nobody
 * tested.
 *
 * @throws SLUICE_PROMOTION_NOT_FOUND, SLUICE_PROMOTION_REJECTED
 */
export async function findDeployed(
  input: PromotionInput,
  commit: string,
  before: Before,
  target: readonly RecordedIn[],
): Promise<{ readonly candidate: Candidate; readonly found: readonly Found[] }> {
  const { from, to, functions, history } = input;
  const tried: string[] = [];
  const old: string[] = [];
  let missing = functions;
  for await (const candidate of candidatesFor(commit, history)) {
    const { name, how } = candidate;
    if (how !== "same-files") tried.push(name);
    const found = await entriesOf(from.name, name, before.stores);
    const names = new Set(found.map(({ entry }) => entry.function));
    const lacking = functions.filter((each) => !names.has(each));
    if (lacking.length < missing.length) missing = lacking;
    if (lacking.length > 0) continue;
    const isOld = how === "merged-with-others" && (await entriesOf(to.name, name, target)).length > 0;
    if (!isOld) return { candidate, found };
    old.push(name);
  }
  const lacking = missing.length === 0 ? functions : missing;
  const rejected = await rejectedFor(input, { functions: lacking, commits: tried }, before);
  const why = whyNone(input, { commit, tried, old });
  throw rejected ?? promotionErrors.notFound(lacking, from.name, to.name, why);
}

async function entriesOf(
  environment: string,
  name: string,
  stores: readonly RecordedIn[],
): Promise<readonly Found[]> {
  const all = await Promise.all(
    stores.map(async (place) => {
      const entries = await place.deployments.readCommit(environment, name);
      return entries.map((entry) => ({ entry, place }));
    }),
  );
  return all.flat();
}

function whyNone({ from, to }: PromotionInput, { commit, tried, old }: InVain): string {
  const merged = tried.slice(1).filter((name) => !old.includes(name));
  const others = merged.length === 0 ? "" : `, nor of ${merged.map(short).join(", ")}, which it merged`;
  const known = old.length === 0 ? "" : `; ${to.name} has had ${old.map(short).join(", ")} already`;
  return `${from.name} has no record of commit ${short(commit)}${others}, nor of one with the same files${known}${onThisMachine(from)}`;
}

/** Runners of CI have a folder of their own each. */
const onThisMachine = ({ name, store }: ResolvedEnvironment): string =>
  goesByBucket(store)
    ? ""
    : ` (the store of ${name} is the folder ${store}: a deployment from another machine is not in it)`;

/** The digits of a commit that people read. */
export const short = (commit: string): string => commit.slice(0, 12);
