import type { CallCounter, LambdaApi } from "@sluice/aws";
import { isSluiceError } from "@sluice/core";
import { failureClass } from "../call.ts";
import { type FunctionState, functionState } from "./observed.ts";
import type { RegionPlan } from "./plan.ts";
import type { Reading } from "./read-region.ts";

/** Functions on a page of ListFunctions: its documented maximum. */
const PAGE = 50;

/** Fewer targets are read one by one: a page that finds none of them would cost more than it can save. */
const WORTH_LISTING = 3;

/**
 * Whether the next page of ListFunctions may still save calls. Each target on a page saves one GetFunction, the page costs
 * one call, and how many functions there are is not known before the last page. So a page is asked for while at least two
 * targets are missing and the pages so far have not lost more than 5 % of the targets' number in calls (at least one).
 *
 * @param targets - how many in this region
 * @param pages - read so far
 * @param found - targets that were on them
 */
export function worthListing(targets: number, pages: number, found: number): boolean {
  if (targets < WORTH_LISTING || targets - found < 2) return false;
  const allowance = Math.max(1, Math.floor(targets / 20));
  return pages - found < allowance;
}

/**
 * Looks up `$LATEST` of many functions by ListFunctions, as long as that takes fewer calls than one GetFunction each.
 * A name that is not in the answer is not known to be absent. On AWS the states lack `state` and `lastUpdateStatus`.
 *
 * @param names - names or ARNs; the answer has those found
 */
export async function listFunctions(
  lambda: LambdaApi,
  names: readonly string[],
  calls: CallCounter,
): Promise<Map<string, FunctionState>> {
  const wanted = new Set(names);
  const found = new Map<string, FunctionState>();
  let marker: string | undefined;
  for (let pages = 0; worthListing(wanted.size, pages, found.size); pages += 1) {
    const page = await lambda.listFunctions(
      { MaxItems: PAGE, ...(marker === undefined ? {} : { Marker: marker }) },
      calls,
    );
    for (const configuration of page.Functions ?? []) {
      const state = functionState(configuration);
      // An emulator may not say in a list which image a function has.
      if (state.codeSha256 === null) continue;
      for (const name of [configuration.FunctionName, configuration.FunctionArn]) {
        if (name !== undefined && wanted.has(name)) found.set(name, state);
      }
    }
    marker = page.NextMarker || undefined;
    if (marker === undefined) break;
  }
  return found;
}

/** Milliseconds after which an update that failed is no news. */
const RECENT_MS = 3_600_000;

/** As many as GetFunction's quota allows in a second. */
const LOOKED_AT = 100;

/**
 * Takes out of a list what it does not tell enough of. Lists do not say how the last update went, so code that is there may never
 * have come into effect. Whose code is right and was modified within the last hour is therefore asked for by name, unless
 * that is a whole region's worth: then whoever deployed it was told.
 */
function withoutDoubtful(
  found: ReadonlyMap<string, FunctionState>,
  readings: readonly Reading[],
  now: number,
): Map<string, FunctionState> {
  const doubtful = readings.flatMap(({ delivery, wanted }) => {
    const { target } = delivery.target;
    const state = found.get(target);
    return state !== undefined && isDoubtful(state, wanted.codeSha256, now) ? [target] : [];
  });
  const names = new Set(doubtful.length > LOOKED_AT ? [] : doubtful);
  return new Map([...found].filter(([name]) => !names.has(name)));
}

function isDoubtful(state: FunctionState, codeSha256: string, now: number): boolean {
  if (state.lastUpdateStatus !== null || state.codeSha256 !== codeSha256) return false;
  const modified = Date.parse(state.lastModified ?? "");
  return Math.abs(now - modified) < RECENT_MS;
}

/**
 * What lists tell of `$LATEST` of a region's targets. Pages serve all of them: they are counted once, for the first.
 *
 * @param readings - those whose `$LATEST` is needed
 */
export async function listed(
  { context, settings, aws }: RegionPlan,
  readings: readonly Reading[],
): Promise<Map<string, FunctionState>> {
  const [first] = readings;
  if (first === undefined || !settings.listFunctions) return new Map();
  const names = readings.map(({ delivery }) => delivery.target.target);
  try {
    const found = await listFunctions(aws.lambda, names, first.calls);
    return withoutDoubtful(found, readings, context.now());
  } catch (error) {
    if (isSluiceError(error)) throw error;
    // Listing is an economy: without the permission for it, or when it fails, every function is asked for by name.
    context.log.debug(
      `ListFunctions in ${aws.scope.region} failed (${failureClass(error)}): reading one by one.`,
    );
    return new Map();
  }
}
