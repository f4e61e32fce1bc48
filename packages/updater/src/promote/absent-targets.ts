import type { RunContext, Target } from "@sluice/core";
import pMap from "p-map";
import { getFunction, unlessAbsent } from "../plan/read-function.ts";
import { placed } from "../plan/targets.ts";
import type { Place } from "./places.ts";
import type { PromotionInput } from "./promotion.ts";

/**
 * Functions that exist nowhere in the environment that is promoted to: code may come before infrastructure, and there is nothing to
 * promote for them.
 *
 * @returns their targets
 */
export async function absentTargets(
  { functions, ref }: PromotionInput,
  places: readonly Place[],
  context: RunContext,
): Promise<readonly Target[]> {
  const items = functions.map((name) => ({ function: name }));
  const all = places.flatMap(({ environment, aws }) =>
    placed({ environment, ref }, items, [aws.scope.region]).map(({ target }) => ({ target, aws })),
  );
  const absent = await pMap(
    all,
    async ({ target, aws: { lambda } }) =>
      (await unlessAbsent(getFunction({ lambda, target, calls: {} }))) === null,
    { concurrency: context.concurrency },
  );
  const present = new Set(
    all.flatMap(({ target }, index) => (absent[index] === true ? [] : [target.function])),
  );
  return all.flatMap(({ target }) => (present.has(target.function) ? [] : [target]));
}
