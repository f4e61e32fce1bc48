import type { CommitEntry } from "@sluice/artifact";
import type { SluiceError } from "@sluice/core";
import { deploymentsOf } from "../code/package-code.ts";
import { placed } from "../plan/targets.ts";
import { recordPlace } from "../records/record-place.ts";
import { readTrail } from "../rollback/trail.ts";
import { promotionErrors } from "./errors.ts";
import type { Place, RecordedIn } from "./places.ts";
import type { PromotionInput } from "./promotion.ts";

/** What one commit came to in one target, and who says so. */
export interface Found {
  readonly entry: CommitEntry;
  readonly place: RecordedIn;
}

/** Whether what went live was turned away, or rolled back, in one of its regions since. */
export async function turnedAway(
  { from, to }: PromotionInput,
  found: readonly Found[],
): Promise<SluiceError | null> {
  const whys = await Promise.all(
    found.map(async ({ entry, place: { deployments } }) => {
      const { target, region, digest, function: name } = entry;
      // Of an ARN, the name is what records know.
      const place = { environment: from.name, target: target.split(":").at(-1) ?? target, region };
      const trail = await readTrail(deployments, place, null);
      const standing = { version: null, digest };
      const at = await trail.rejectedAt(standing);
      if (at !== null) return { name, digest, why: `was rejected by its test or its rollout there (${at})` };
      return (await trail.wasRolledBack(standing)) ? { name, digest, why: "was rolled back there" } : null;
    }),
  );
  const [first] = whys.flatMap((why) => why ?? []);
  return first === undefined
    ? null
    : promotionErrors.rejected(first.name, first.digest, from.name, to.name, first.why);
}

/**
 * Whether the code of a function did not come to live in some account and region that has had other code of it: as where the test or
 * the rollout of one region turned it away, or its update failed. Where nothing was ever recorded, there may be no such function.
 */
export async function missedSomewhere(
  input: PromotionInput,
  [first, ...others]: readonly [Found, ...Found[]],
  places: readonly Place[],
): Promise<SluiceError | null> {
  const { config, from, to, ref } = input;
  const { function: name, digest } = first.entry;
  const had = ({ environment, aws }: Place): boolean =>
    [first, ...others].some(
      ({ entry, place }) =>
        entry.region === aws.scope.region && place.environment.account === environment.account,
    );
  for (const { environment, aws } of places.filter((place) => !had(place))) {
    const deployments = deploymentsOf({ config, environment }, aws);
    const [only] = placed({ environment, ref }, [{ function: name }], [aws.scope.region]);
    if (deployments === null || only === undefined) continue;
    const place = recordPlace(environment, only.target);
    const trail = await readTrail(deployments, place, environment.account);
    const at = await trail.rejectedAt({ version: null, digest });
    if (at !== null) {
      const why = `was rejected by its test or its rollout in ${place.region} (${at})`;
      return promotionErrors.rejected(name, digest, from.name, to.name, why);
    }
    const live = await trail.newestOf();
    if (live === null || live.digest === digest) continue;
    const why = `${place.target} in ${place.region} has not had it, but ${live.digest}`;
    return promotionErrors.notFound([name], from.name, to.name, why);
  }
  return null;
}

/** Of functions that none of these commits put live: whether one of them was turned away. */
export async function rejectedFor(
  { from, to, ref }: PromotionInput,
  { functions, commits }: { readonly functions: readonly string[]; readonly commits: readonly string[] },
  { places, stores }: { readonly places: readonly Place[]; readonly stores: readonly RecordedIn[] },
): Promise<SluiceError | null> {
  const names = functions.map((name) => ({ function: name }));
  for (const { environment, aws } of places) {
    const own = stores.filter((store) => store.environment.account === environment.account);
    const { deployments } = own.find((store) => store.aws === aws) ?? own[0] ?? {};
    for (const { target } of placed({ environment, ref }, names, [aws.scope.region])) {
      const place = {
        environment: from.name,
        target: target.target.split(":").at(-1) ?? "",
        region: target.region,
      };
      const summaries = (await deployments?.list(place)) ?? [];
      const found = summaries.find(
        ({ commit, outcome }) => outcome === "rejected" && commits.includes(commit ?? ""),
      );
      if (found === undefined) continue;
      const why = `was rejected by its test or its rollout there (${found.at})`;
      return promotionErrors.rejected(target.function, found.digest, from.name, to.name, why);
    }
  }
  return null;
}
