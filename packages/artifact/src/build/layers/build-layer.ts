import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact, LayerArtifact, ResolvedFunction, ResolvedLayer } from "@sluice/core";
import { type Beside, findCached } from "../../cache/cache.ts";
import { writeCacheFile } from "../../cache/cache-file.ts";
import type { CacheKey } from "../../cache/key.ts";
import { refreshed } from "../../cache/refresh.ts";
import { besidePath } from "../../cache/stored-artifact.ts";
import { type Listing, readListed } from "../../files/listed-file.ts";
import type { ZipEntry } from "../../zip.ts";
import { INVENTORY_FILE } from "../inventory.ts";
import { writePackage } from "../package.ts";
import { type BuildSession, type BuildWork, createBuildWork } from "../session.ts";
import { listLayerFolders } from "./layer-folders.ts";
import { layerFunction } from "./layer-function.ts";
import type { LayerKind } from "./layer-kind.ts";

/** Raised when the same layer may be laid out in another way. */
const LAYER_FORMAT = "2";

/** A layer on this machine, and what bundles have to know of it. */
export interface BuiltLayer {
  readonly artifact: LayerArtifact;
  /** Name of the {@link LayerKind} that made it. */
  readonly kind: string;
  /** As that kind gave it. */
  readonly held: unknown;
}

/** Beside the record of a layer's build stands what packages it holds. */
const HELD_FILE = "*.packages.json";

interface Held {
  readonly held: unknown;
}

function readHeld(session: BuildSession, name: string): Held | null {
  try {
    const text = readFileSync(join(session.cache, HELD_FILE.replace("*", name)), "utf8");
    return JSON.parse(text) as Held;
  } catch {
    return null;
  }
}

function toolsOf(kind: LayerKind): Record<string, string> {
  return { ...kind.tools(), "sluice-layer-format": LAYER_FORMAT };
}

/** Runtimes of the layer itself and of those who use it: a layer of folders may be for several. */
function runtimesOf(
  session: BuildSession,
  layer: ResolvedLayer,
  fn: ResolvedFunction,
  kind: LayerKind,
): string[] {
  const users = session.run.config.functions.filter(({ layers }) => layers.includes(layer.name));
  return [...new Set([...kind.runtimes(fn), ...users.map(({ runtime }) => runtime)])];
}

function keyOf(
  { name, packages, python, architecture, runtime }: ResolvedLayer,
  { architectureDeclared }: ResolvedFunction,
  runtimes: readonly string[],
  kind: LayerKind,
  folders: Listing,
): CacheKey {
  const own = { name, packages, python, architecture, runtime, architectureDeclared };
  const options = JSON.stringify({ ...own, runtimes, kind: kind.name, tools: toolsOf(kind) });
  return { options, cacheable: true, listed: folders.files };
}

/** Keys and caches are left out as for functions; what cannot be had by naming it exactly is only said. */
function noticeLeftOut({ session }: BuildWork, layer: ResolvedLayer, { leftOut }: Listing): void {
  if (leftOut.length === 0) return;
  const named =
    leftOut.slice(0, 5).join(", ") + (leftOut.length > 5 ? ` and ${leftOut.length - 5} more` : "");
  const message = `layer ${layer.name}: not packed, as secrets and caches never are: ${named}. What a function needs of it goes into its assets.`;
  session.context.emit({ type: "notice", message });
}

function readFolders(work: BuildWork, folders: Listing): ZipEntry[] {
  return folders.files.map((file) => ({
    path: file.to,
    bytes: readListed(work.scope, file),
    executable: file.executable,
  }));
}

async function pack<S extends BuildSession>(
  work: BuildWork<S>,
  layer: ResolvedLayer,
  kind: LayerKind<S>,
  { folders, key, runtimes }: { folders: Listing; key: CacheKey; runtimes: readonly string[] },
): Promise<Held & { readonly artifact: Artifact }> {
  const startedAt = work.session.context.now();
  const contents = await kind.collect(work, layer, readFolders(work, folders));
  noticeLeftOut(work, layer, folders);
  const { held, partOf } = contents;
  const beside: Beside[] = [
    { folder: "cache", name: HELD_FILE, bytes: JSON.stringify({ held }) },
    { folder: "cache", name: INVENTORY_FILE, bytes: JSON.stringify(contents.inventory) },
  ];
  const artifact = await writePackage(work, {
    entries: contents.files,
    compatibleRuntimes: runtimes,
    tools: { ...toolsOf(kind as LayerKind), ...contents.tools },
    key,
    read: contents.read,
    inventory: contents.inventory,
    beside,
    startedAt,
    where: `layers.${layer.name}`,
    ...(partOf === undefined ? {} : { partOf }),
  });
  for (const file of beside) writeCacheFile(besidePath(work.session, work.fn.name, file), file.bytes);
  return { artifact, held };
}

/**
 * Builds a layer, or finds that its last build is still right.
 *
 * @throws `SLUICE_LAYER_FOLDER_MISSING`, `SLUICE_LAYER_PLACE_INVALID`, and what its kind and writing throw
 */
export async function buildLayer<S extends BuildSession>(
  session: S,
  layer: ResolvedLayer,
  kind: LayerKind<S>,
): Promise<BuiltLayer> {
  const fn = layerFunction(layer, session.run.config.functions);
  const work = createBuildWork(session, { ...session.run, function: fn, all: session.all });
  const folders = listLayerFolders(work.scope, layer);
  const plain = kind as LayerKind;
  const runtimes = runtimesOf(session, layer, fn, plain);
  const key = keyOf(layer, fn, runtimes, plain, folders);
  const cached = await findCached(session, fn, key);
  const known = cached === null ? null : readHeld(session, fn.name);
  const built =
    cached !== null && known !== null
      ? { artifact: refreshed(work, cached), held: known.held }
      : await pack(work, layer, kind, { folders, key, runtimes });
  return { artifact: { ...built.artifact, layer: layer.name }, kind: kind.name, held: built.held };
}
