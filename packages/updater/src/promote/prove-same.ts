import { checkAccount, openAws, resolveRegions } from "@sluice/aws";
import {
  type Artifact,
  inAccounts,
  joinErrors,
  type RunContext,
  type SluiceError,
  type Target,
} from "@sluice/core";
import pMap from "p-map";
import { getFunction, readLive, unlessAbsent } from "../plan/read-function.ts";
import { placed } from "../plan/targets.ts";
import type { Door } from "../settings.ts";
import { liveDigest } from "../status/live-digest.ts";
import { promotionErrors } from "./errors.ts";
import { type Place, placesOf } from "./places.ts";
import type { PromotionInput } from "./promotion.ts";

/**
 * Without a store there is nothing to promote from, and sameness is proved instead: what was built here must be what is live in the
 * environment before, in all its accounts and regions, by CodeSha256.
 *
 * @param door - another way to AWS, for tests
 * @throws SLUICE_PROMOTION_NOT_SAME, SLUICE_PROMOTION_NOT_FOUND, SLUICE_WRONG_ACCOUNT for the environment before, and what reading fails with
 */
export async function proveSame(
  input: PromotionInput,
  artifacts: readonly Artifact[],
  context: RunContext,
  door: Door = { openAws, resolveRegions },
): Promise<void> {
  const refusals = await Promise.all(
    inAccounts(input.from).map((environment) => checkAccount({ environment }, context)),
  );
  const wrong = joinErrors(refusals.flat());
  if (wrong !== undefined) throw wrong;
  const places = await placesOf(input.from, context, door);
  const all = places.flatMap((place) =>
    placed({ environment: place.environment, ref: input.ref }, artifacts, [place.aws.scope.region]).map(
      ({ target, item }) => ({ place, target, artifact: item }),
    ),
  );
  const errors = await pMap(
    all,
    ({ place, target, artifact }) => difference(input, place, target, artifact),
    {
      concurrency: context.concurrency,
    },
  );
  const error = joinErrors(errors.flatMap((each) => each ?? []));
  if (error !== undefined) throw error;
}

async function difference(
  { from, to }: PromotionInput,
  { aws }: Place,
  target: Target,
  { function: name, manifest }: Artifact,
): Promise<SluiceError | null> {
  const caller = { lambda: aws.lambda, target, calls: {} };
  const atAlias = target.alias === null ? null : await readLive(caller, target.alias);
  const live = atAlias ?? (await unlessAbsent(getFunction(caller)));
  if (live === null) {
    const why = `${target.target} does not exist in ${target.region}`;
    return promotionErrors.notFound([name], from.name, to.name, why);
  }
  if (live.codeSha256 === manifest.codeSha256) return null;
  const digest = liveDigest(live.codeSha256) ?? `the CodeSha256 ${live.codeSha256}`;
  return promotionErrors.notSame(target, digest, manifest.digest, from.name, to.name);
}
