import {
  createFileStates,
  createInventory,
  type Inventory,
  type ReadFiles,
  type ZipEntry,
} from "@sluice/artifact";
import type { ResolvedLayer } from "@sluice/core";
import { resolutionOf } from "../cache/resolution.ts";
import type { WantedPackage } from "../externals/closure.ts";
import { collectPackages } from "../externals/collect.ts";
import type { Installation } from "../externals/installation.ts";
import type { PackageManifest } from "../externals/manifest.ts";
import type { Provision } from "../externals/provision.ts";
import { packagesOf } from "../externals/session-packages.ts";
import { patternsFilter } from "../externals/specifier.ts";
import type { Session } from "../session.ts";
import type { HeldPackage } from "./contents.ts";
import { layerPackageNotInstalled } from "./errors.ts";

/** Packages of a layer with everything that they depend on. */
export interface LayerPackages {
  /** Paths from the layer's folder of packages. */
  readonly files: readonly ZipEntry[];
  readonly packages: readonly HeldPackage[];
  readonly inventory: Inventory;
  readonly read: ReadFiles;
}

/** Names that a pattern stands for: among what the repository says it needs, since what else is installed differs by layout. */
function namesOf(layer: ResolvedLayer, pattern: string, manifest: PackageManifest | null): string[] {
  if (!pattern.includes("*")) return [pattern];
  const filter = patternsFilter([pattern]);
  const matching = (ranges: Readonly<Record<string, string>> = {}): string[] =>
    Object.keys(ranges).filter((name) => filter.test(name));
  const needed = [
    ...matching(manifest?.dependencies),
    ...matching(manifest?.optionalDependencies),
    ...matching(manifest?.peerDependencies),
  ];
  const names = needed.length > 0 ? needed : matching(manifest?.devDependencies);
  if (names.length === 0) throw layerPackageNotInstalled(layer.name, pattern, true);
  return names;
}

function wantedPackages(root: string, layer: ResolvedLayer, installation: Installation): WantedPackage[] {
  const manifest = installation.reader.manifest(root);
  const names = new Set(layer.packages.flatMap((pattern) => namesOf(layer, pattern, manifest)));
  return [...names].sort().map((name) => {
    const located = installation.locate(root, name);
    if (located === null) throw layerPackageNotInstalled(layer.name, name, false);
    return { name, located };
  });
}

const FOLDER = "node_modules/";

/** `a/node_modules/b` of `node_modules/a/node_modules/b`. */
const placeOf = (path: string): string => path.slice(FOLDER.length);

/** The name by which a place is imported, which is another than the package's own where a dependency is an alias. */
const nameAt = (path: string): string => path.slice(path.lastIndexOf(FOLDER) + FOLDER.length);

/** A layer is there to hold what others leave to it. */
const NOTHING_PROVIDED: Provision = { of: () => null };

/**
 * Collects what a layer's `packages` name, with everything that they depend on.
 *
 * @throws `SLUICE_LAYER_PACKAGE_NOT_INSTALLED`, and the codes of packages that are copied
 */
export async function collectLayerPackages(session: Session, layer: ResolvedLayer): Promise<LayerPackages> {
  const { root, repository } = session;
  const wanted = wantedPackages(root, layer, packagesOf(session).outside.installation);
  const { runtime, architecture } = layer;
  const scope = { runtime, architecture, provision: NOTHING_PROVIDED, from: root };
  const named = { ...scope, functionName: `layer ${layer.name}` };
  const collected = await collectPackages(session, named, wanted);
  const { entries, inputs, folders, links, places } = collected;
  const own = collected.packages.map(({ name, version, license, folder, how }) => ({
    name,
    version,
    license,
    folder,
    how,
  }));
  const licenses = new Map(own.map(({ name, version, license }) => [`${name}@${version}`, license]));
  const resolution = resolutionOf(createFileStates(root), repository, inputs, {}, null);
  return {
    files: entries.map((entry) => ({ ...entry, path: placeOf(entry.path) })),
    packages: places.flatMap(({ name, path, version }) => {
      const license = licenses.get(`${name}@${version}`) ?? null;
      return version === null ? [] : [{ name: nameAt(path), version, license, place: placeOf(path) }];
    }),
    inventory: createInventory(null, own, collected.provided),
    read: { inputs, folders, resolution: { ...resolution, links }, packages: places.map(({ name }) => name) },
  };
}
