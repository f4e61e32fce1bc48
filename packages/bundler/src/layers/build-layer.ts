import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Beside,
  type CacheKey,
  createBuildWork,
  createInventory,
  findCached,
  INVENTORY_FILE,
  type Listing,
  readListed,
  refreshed,
  writePackage,
} from "@sluice/artifact";
import type { Artifact, BundleInput, LayerArtifact, ResolvedFunction, ResolvedLayer } from "@sluice/core";
import { canonical } from "../cache/canonical.ts";
import { writeBeside } from "../node/beside.ts";
import { bundleRuntimes } from "../node/runtimes.ts";
import type { Session, Work } from "../session.ts";
import { readyTools } from "../tools.ts";
import { type HeldPackage, type LayerContents, PACKAGES_FOLDER } from "./contents.ts";
import { listLayerFolders } from "./layer-folders.ts";
import { layerFunction } from "./layer-function.ts";
import type { LayerPackages } from "./layer-packages.ts";

/** Raised when the same layer may be laid out in another way. */
const LAYER_FORMAT = "1";

/** A layer on this machine, and what bundles have to know of it. */
export interface BuiltLayer {
  readonly artifact: LayerArtifact;
  readonly contents: LayerContents;
}

const NOTHING: LayerPackages = {
  files: [],
  packages: [],
  inventory: createInventory(null, [], []),
  read: { inputs: [], resolution: null },
};

/** Beside the record of a layer's build stands what packages it holds. */
const HELD = "*.packages.json";

function readHeld(session: Session, name: string): readonly HeldPackage[] | null {
  try {
    const text = readFileSync(join(session.cache, HELD.replace("*", name)), "utf8");
    return JSON.parse(text) as HeldPackage[];
  } catch {
    return null;
  }
}

function keyOf(layer: ResolvedLayer, fn: ResolvedFunction, folders: Listing): CacheKey {
  const { name, packages, architecture, runtime } = layer;
  const { architectureDeclared } = fn;
  const parts = { name, packages, architecture, runtime, architectureDeclared, tools: layerTools() };
  return { options: canonical(parts, () => "function"), cacheable: true, listed: folders.files };
}

function layerTools(): Record<string, string> {
  return { ...readyTools(), "sluice-layer-format": LAYER_FORMAT };
}

/** Keys and caches are left out as for functions; what cannot be had by naming it exactly is only said. */
function noticeLeftOut({ session }: Work, layer: ResolvedLayer, { leftOut }: Listing): void {
  if (leftOut.length === 0) return;
  const named =
    leftOut.slice(0, 5).join(", ") + (leftOut.length > 5 ? ` and ${leftOut.length - 5} more` : "");
  const message = `layer ${layer.name}: not packed, as secrets and caches never are: ${named}. What a function needs of it goes into its assets.`;
  session.context.emit({ type: "notice", message });
}

/** Loaded late, with all that only a build needs. */
async function collect(session: Session, layer: ResolvedLayer): Promise<LayerPackages> {
  const { collectLayerPackages } = await import("./layer-packages.ts");
  return collectLayerPackages(session, layer);
}

async function pack(
  work: Work,
  layer: ResolvedLayer,
  folders: Listing,
  key: CacheKey,
): Promise<{ readonly artifact: Artifact; readonly held: readonly HeldPackage[] }> {
  const startedAt = work.session.context.now();
  const collected = layer.packages.length > 0 ? await collect(work.session, layer) : NOTHING;
  noticeLeftOut(work, layer, folders);
  const files = folders.files.map((file) => ({
    path: file.to,
    bytes: readListed(work.scope, file),
    executable: file.executable,
  }));
  const packed = collected.files.map((file) => ({ ...file, path: `${PACKAGES_FOLDER}/${file.path}` }));
  const held = collected.packages;
  const isForNode = layer.runtime.startsWith("nodejs");
  const beside: Beside[] = [
    { folder: "cache", name: HELD, bytes: JSON.stringify(held) },
    { folder: "cache", name: INVENTORY_FILE, bytes: JSON.stringify(collected.inventory) },
  ];
  const artifact = await writePackage(work, {
    entries: [...packed, ...files],
    compatibleRuntimes: isForNode ? bundleRuntimes(work.fn) : [layer.runtime],
    tools: layerTools(),
    key,
    read: collected.read,
    beside,
    startedAt,
  });
  writeBeside(work, beside);
  return { artifact, held };
}

/** Builds a layer, or finds that its last build is still right. */
export async function buildLayer(
  session: Session,
  layer: ResolvedLayer,
  input: Pick<BundleInput, "config" | "ref" | "packageVersion">,
): Promise<BuiltLayer> {
  const fn = layerFunction(layer, input.config.functions);
  const work = createBuildWork(session, { ...input, function: fn, all: session.all });
  const folders = listLayerFolders(work.scope, layer);
  const key = keyOf(layer, fn, folders);
  const cached = await findCached(session, fn, key);
  const held = cached === null ? null : readHeld(session, fn.name);
  const built =
    cached !== null && held !== null
      ? { artifact: refreshed(work, cached), held }
      : await pack(work, layer, folders, key);
  return {
    artifact: { ...built.artifact, layer: layer.name },
    contents: { name: layer.name, digest: built.artifact.manifest.digest, packages: built.held },
  };
}
