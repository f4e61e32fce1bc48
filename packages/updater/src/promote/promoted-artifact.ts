import { join } from "node:path";
import type { CommitEntry } from "@sluice/artifact";
import type { Artifact, Digest, LayerArtifact, ResolvedEnvironment } from "@sluice/core";
import { storeOf } from "../code/package-code.ts";
import { imageArtifact } from "../images/images.ts";
import { promotionErrors } from "./errors.ts";
import type { Place } from "./places.ts";
import type { PromotionInput } from "./promotion.ts";

/**
 * The artifact that a commit came to, out of the store of the environment that had it, with its layers. Where the next environment
 * has the same store nothing is fetched; else the zip is, once, and verified by its digest.
 *
 * @throws SLUICE_PROMOTION_NOT_FOUND when the store does not keep it any more
 */
export async function promotedArtifact(
  input: PromotionInput,
  entry: CommitEntry,
  place: Place,
): Promise<Artifact> {
  if (entry.image !== null) return imageOf(input, entry, entry.image);
  const [artifact, layers] = await Promise.all([
    stored(input, entry.function, entry.digest, place),
    Promise.all(
      entry.layers.map(async ({ layer, digest }): Promise<LayerArtifact> => {
        const found = await stored(input, `layer-${layer}`, digest, place);
        return { ...found, layer };
      }),
    ),
  ]);
  return layers.length === 0 ? artifact : { ...artifact, layers };
}

async function stored(
  { config, from, to }: PromotionInput,
  name: string,
  digest: Digest,
  { environment, aws }: Place,
): Promise<Artifact> {
  const store = storeOf({ config, environment }, aws);
  const folder = join(config.root, ".sluice", "store", digest.slice("sha256:".length));
  const isShared = isSameStore(from, to, aws.scope.region);
  if (isShared) {
    // The manifest is put last, but what is old may have been taken away by a rule of the bucket.
    const isKept = (await store?.has(digest, name)) === true;
    const found = isKept ? await store?.find(digest, name) : null;
    if (found) return { function: name, path: join(folder, `${name}.zip`), ...found, cached: true };
  } else {
    const fetched = (await store?.get(digest, name, folder)) ?? null;
    if (fetched !== null) return fetched;
  }
  // It may have been live before there was a store, too.
  const why = `the store ${store?.location ?? ""} does not keep ${digest}, which sluice deploy --force to ${from.name} puts there`;
  throw promotionErrors.notFound([name], from.name, to.name, why);
}

/** Whether what is in the store of one environment, in a region, is where the other one's is. */
function isSameStore(from: ResolvedEnvironment, to: ResolvedEnvironment, region: string): boolean {
  if (from.store === null || from.store !== to.store || from.store.includes("{account}")) return false;
  return !from.store.includes("{region}") || to.regions.every((each) => each === region);
}

/** Nothing of an image is in a store: its registry keeps it. */
function imageOf({ config, from, to, ref }: PromotionInput, entry: CommitEntry, image: string): Artifact {
  const fn = config.functions.find(({ name }) => name === entry.function);
  if (fn !== undefined)
    return imageArtifact({ function: { ...fn, entry: image }, ref, packageVersion: null });
  throw promotionErrors.notFound([entry.function], from.name, to.name, "the configuration does not have it");
}
