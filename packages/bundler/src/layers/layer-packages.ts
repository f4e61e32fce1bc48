import { join, relative, sep } from "node:path";
import type { ZipEntry } from "@sluice/artifact";
import type { ResolvedLayer } from "@sluice/core";
import type { ReadFiles } from "../cache/cache.ts";
import { resolutionOf } from "../cache/resolution.ts";
import { closureOf, type WantedPackage } from "../externals/closure.ts";
import { placementEndless } from "../externals/errors.ts";
import { type Installation, openInstallation } from "../externals/installation.ts";
import type { PackageManifest } from "../externals/manifest.ts";
import { neededFiles, ownFiles } from "../externals/package-files.ts";
import type { PackageNode } from "../externals/package-node.ts";
import { fileOnDisk } from "../externals/package-reader.ts";
import { placePackages } from "../externals/placement.ts";
import { targetOf } from "../externals/platform.ts";
import { patternsFilter } from "../externals/specifier.ts";
import type { Work } from "../session.ts";
import type { HeldPackage } from "./contents.ts";
import { layerPackageNotInstalled } from "./errors.ts";

/** Packages of a layer with everything that they depend on. */
export interface LayerPackages {
  /** Paths from the layer's folder of packages. */
  readonly files: readonly ZipEntry[];
  readonly packages: readonly HeldPackage[];
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

/** `a/node_modules/b` of `node_modules/a/node_modules/b`. */
const placeOf = (path: string): string => path.replace(/^node_modules\//, "");

/** The name by which a place is imported: what stands behind its last `node_modules/`. */
const nameAt = (path: string): string =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/**
 * Collects what a layer's `packages` name, with everything that they depend on.
 *
 * @throws `SLUICE_LAYER_PACKAGE_NOT_INSTALLED`, and the codes of packages that are copied
 */
export async function collectLayerPackages(work: Work, layer: ResolvedLayer): Promise<LayerPackages> {
  const { root } = work.scope;
  const installation = openInstallation(root);
  const wanted = wantedPackages(root, layer, installation);
  const closure = await closureOf(
    {
      functionName: work.fn.name,
      installation,
      target: targetOf(layer.architecture),
      provision: { of: () => null },
      lockfile: async () => null,
      fetch: async () => [],
      declared: new Set(),
    },
    wanted,
  );
  const nameOf = (node: PackageNode): string => `${node.name}@${node.version ?? ""}`;
  const placed = placePackages(closure, nameOf, (path) => placementEndless(work.fn.name, path));
  const inputs: string[] = [];
  const shown = (path: string): string => relative(root, path).replaceAll(sep, "/");
  const files = placed.flatMap(({ path, node }): ZipEntry[] => {
    const { reader } = installation;
    const all = node.isOwn ? ownFiles(reader, node.files, node.manifest) : reader.files(node.files);
    return neededFiles(node.manifest, all).map((file) => {
      inputs.push(shown(fileOnDisk(file.real)));
      return { path: join(placeOf(path), file.path).replaceAll(sep, "/"), bytes: reader.read(file.real) };
    });
  });
  const packages = placed.flatMap(({ path, node }): HeldPackage[] =>
    node.version === null ? [] : [{ name: nameAt(path), version: node.version, place: placeOf(path) }],
  );
  const resolution = resolutionOf(root, work.session.repository, inputs, {}, null);
  return { files, packages, read: { inputs: [...new Set(inputs)], resolution } };
}
