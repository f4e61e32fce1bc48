import type { Inventory, SizedFile } from "@sluice/artifact";
import type { Metafile } from "esbuild";
import type { Part } from "./analysis.ts";
import { type Home, homeOf, shownPath } from "./home.ts";

/** A module, or a file, of a part. */
export interface BundledModule {
  /** Within the part's folder. */
  readonly path: string;
  readonly bytes: number;
}

/** Biggest first; then by path, so that equal inputs give equal reports. */
export function byBytes(one: BundledModule, other: BundledModule): number {
  return other.bytes - one.bytes || (one.path < other.path ? -1 : Number(one.path > other.path));
}

/** Bytes that each module has left in the bundle. */
export function bytesOfModules(metafile: Metafile): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs))
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const path = shownPath(input);
      bytes.set(path, (bytes.get(path) ?? 0) + bytesInOutput);
    }
  return bytes;
}

/** Folder → name of packages that were bundled out of a workspace. */
export function bundledFolders(inventory: Inventory<Metafile>): ReadonlyMap<string, string> {
  const bundled = inventory.packages.filter(({ how }) => how === "bundled");
  return new Map(bundled.map(({ folder, name }) => [shownPath(folder), name]));
}

const KINDS = { package: "bundled", own: "own", bundler: "bundler" } as const;

/** A module's path inside the folder that it belongs to. */
function within(home: Home, path: string): string {
  return home.folder !== "" && path.startsWith(`${home.folder}/`) ? path.slice(home.folder.length + 1) : path;
}

/**
 * The parts of the bundle itself. Whatever its file has beyond its modules (wrappers, helpers, the name of the map) is the
 * bundler's own.
 */
export function bundledGroups(
  inventory: Inventory<Metafile>,
  metafile: Metafile,
  code: readonly SizedFile[],
): Part[] {
  const folders = bundledFolders(inventory);
  const versions = new Map(inventory.packages.map(({ folder, version }) => [shownPath(folder), version]));
  const size = code.reduce((sum, file) => sum + file.size, 0);
  const zipped = code.reduce((sum, file) => sum + file.zippedBytes, 0);
  const groups = new Map<string, { home: Home; modules: BundledModule[] }>();
  let counted = 0;
  const add = (home: Home, path: string, bytes: number): void => {
    const key = `${home.kind}\n${home.folder}`;
    const group = groups.get(key) ?? { home, modules: [] };
    groups.set(key, group);
    group.modules.push({ path, bytes });
    counted += bytes;
  };
  for (const [path, bytes] of bytesOfModules(metafile)) {
    const home = homeOf(path, folders);
    if (bytes > 0) add(home, within(home, path), bytes);
  }
  if (size > counted) add(homeOf("<", folders), "helpers, wrappers, an inline map", size - counted);
  return [...groups.values()].map(({ home, modules }): Part => {
    const bytes = modules.reduce((sum, module) => sum + module.bytes, 0);
    return {
      kind: KINDS[home.kind],
      name: home.name,
      version: home.kind === "package" ? (versions.get(home.folder) ?? null) : null,
      folder: home.folder,
      bytes,
      zippedBytes: size === 0 ? 0 : Math.round((zipped * bytes) / size),
      modules: modules.sort(byBytes),
    };
  });
}
