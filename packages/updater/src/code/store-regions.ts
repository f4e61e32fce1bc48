import { artifactErrors } from "@sluice/artifact";
import type { ResolvedEnvironment } from "@sluice/core";
import { storeOfOneRegion } from "../errors.ts";

/** What a store's location may hold in braces. */
const PLACEHOLDERS = ["region", "account"] as const;

type Place = Pick<ResolvedEnvironment, "store" | "name" | "account" | "role">;

/** Whether Lambda fetches the zip from a bucket, and does not get it in the request. */
export function goesByBucket(store: string | null): boolean {
  return store !== null && /^s3:\/\//i.test(store);
}

/**
 * The location of an environment's store in a region, `{region}` and `{account}` filled in.
 *
 * @returns `null` when the environment has no store
 * @throws SLUICE_STORE_LOCATION_INVALID for another placeholder, and for `{account}` when neither account nor role tells which
 */
export function storeLocation({ store, account, role }: Place, region: string): string | null {
  const known: Readonly<Record<string, string | null | undefined>> = {
    region,
    account: account ?? role?.split(":")[4],
  };
  return (
    store?.replace(/\{([^{}]*)\}/g, (written, name: string) => {
      const value = known[name];
      if (value) return value;
      const reason = Object.hasOwn(known, name)
        ? "it has {account}, and the environment names neither an account nor a role"
        : `${written} stands for nothing, only ${PLACEHOLDERS.map((each) => `{${each}}`).join(" and ")} do`;
      throw artifactErrors.storeLocation(store, reason);
    }) ?? null
  );
}

/**
 * Lambda fetches code from a bucket of its own region alone.
 *
 * @throws SLUICE_STORE_ONE_REGION
 */
export function checkStoreRegions(
  { store, name }: Pick<ResolvedEnvironment, "store" | "name">,
  regions: readonly string[],
): void {
  if (store === null || !goesByBucket(store) || regions.length < 2) return;
  if (!store.includes("{region}")) throw storeOfOneRegion(store, regions, name);
}
