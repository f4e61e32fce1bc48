import type { ResolvedEnvironment } from "@sluice/core";
import { storeOfOneRegion } from "./errors.ts";
import { goesByBucket } from "./package-code.ts";

/**
 * Lambda fetches code from a bucket of its own region alone.
 *
 * @throws SLUICE_STORE_ONE_REGION
 */
export function checkStoreRegions(
  { store, name }: Pick<ResolvedEnvironment, "store" | "name">,
  regions: readonly string[],
): void {
  if (store !== null && goesByBucket(store) && regions.length > 1) {
    throw storeOfOneRegion(store, regions, name);
  }
}
