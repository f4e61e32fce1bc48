import { join, relative, sep } from "node:path";
import type { InventoryPackage, Link, ZipEntry } from "@sluice/artifact";
import type { Architecture } from "@sluice/core";
import { portableName } from "../node/portable.ts";
import type { Session } from "../session.ts";
import { type Closure, closureOf, type WantedPackage } from "./closure.ts";
import { placementEndless } from "./errors.ts";
import type { Installation } from "./installation.ts";
import { checkLocked } from "./lock-check.ts";
import { neededPackages } from "./needed.ts";
import { type PackageContents, packageContents } from "./package-contents.ts";
import type { PackageNode } from "./package-node.ts";
import { fileOnDisk, manifestsAbove, type PackageReader } from "./package-reader.ts";
import { placePackages } from "./placement.ts";
import { targetOf } from "./platform.ts";
import type { Provision } from "./provision.ts";
import { packagesOf } from "./session-packages.ts";

/** What packages are collected for. */
export interface CollectOptions {
  /** Function or layer, named in errors. */
  readonly functionName: string;
  /** Lambda runtime identifier. */
  readonly runtime: string;
  readonly architecture: Architecture;
  readonly provision: Provision;
  /** Absolute real path of the folder that the importing code stands in. */
  readonly from: string;
}

/** Packages with all that they need, laid out for a zip. */
export interface CollectedPackages {
  /** Below `node_modules/`. */
  readonly entries: readonly ZipEntry[];
  /** Files that were read, relative to the root. */
  readonly inputs: readonly string[];
  /** Folders of packages of the repository of which files were taken, relative to the root: one that appears there is a change. */
  readonly folders: readonly string[];
  /** Symbolic links by which packages were found. */
  readonly links: readonly Link[];
  /** `files`: absolute path of what is read of an installed one; `null` for one that was fetched. */
  readonly packages: readonly (InventoryPackage & { readonly files: string | null })[];
  /** Packages that copied ones want and others provide. */
  readonly provided: readonly string[];
  /** Where each package stands in the zip, as `node_modules/a/node_modules/b`, sorted. */
  readonly places: readonly {
    readonly name: string;
    readonly version: string | null;
    readonly path: string;
  }[];
}

const shownFrom = (root: string, path: string): string => relative(root, path).replaceAll(sep, "/");

/** Names in `dependencies` of the package.json files from a folder up to the repository's top. */
function declaredNames({ repository }: Session, reader: PackageReader, from: string): Set<string> {
  const manifests = manifestsAbove(reader, from, repository);
  return new Set(
    manifests.flatMap((each) => [
      ...Object.keys(each.dependencies),
      ...Object.keys(each.optionalDependencies),
    ]),
  );
}

/** What tells one package from another: an installed one by its version, one of the repository by its place. */
function identityOf(session: Session): (node: PackageNode) => string {
  return ({ name, version, isOwn, files }) =>
    `${name}@${version ?? ""}${isOwn ? `@${shownFrom(session.root, files)}` : ""}`;
}

function linksOf(session: Session, closure: Closure, installation: Installation): Link[] {
  return [...closure.places].sort().flatMap((place): Link[] => {
    const real = installation.real(place);
    return real === null || real === place
      ? []
      : [[shownFrom(session.root, place), shownFrom(session.root, real)]];
  });
}

/** Folders at the top of a package of the repository that it has files in. What appears beside them needs its package.json. */
function foldersOf(session: Session, node: PackageNode, contents: PackageContents): string[] {
  if (!node.isOwn) return [];
  const tops = contents.files.flatMap(({ path }) => (path.includes("/") ? [path.split("/")[0] ?? ""] : []));
  return [...new Set(tops)].map((top) => shownFrom(session.root, join(node.files, top)));
}

function inventoryOf(session: Session, node: PackageNode): CollectedPackages["packages"][number] {
  const { name, version, manifest, files, fetched } = node;
  return {
    name,
    version,
    license: manifest?.license ?? null,
    folder: fetched === null ? portableName(shownFrom(session.root, files)) : `node_modules/${name}`,
    how: "copied",
    files: fetched === null ? files : null,
  };
}

/**
 * Collects packages with everything that they depend on, for the platform of a function, and lays them out in one
 * `node_modules` folder.
 *
 * @throws `SLUICE_EXTERNAL_NOT_INSTALLED`, `SLUICE_NATIVE_ARCHITECTURE`, `SLUICE_LOCKFILE_DISAGREES`,
 * `SLUICE_WORKSPACE_NOT_BUILT`, `SLUICE_SYMLINK_OUTSIDE`, `SLUICE_EXTERNAL_VERSIONS`, and those of fetching a package
 */
export async function collectPackages(
  session: Session,
  options: CollectOptions,
  wanted: readonly WantedPackage[],
): Promise<CollectedPackages> {
  const shared = packagesOf(session);
  const { installation } = shared.outside;
  const { functionName, runtime, architecture, provision, from } = options;
  const target = targetOf(architecture);
  const declared = declaredNames(session, installation.reader, from);
  const { lockfile, fetch } = shared;
  const closure = await closureOf(
    { functionName, installation, target, provision, lockfile, fetch, declared },
    wanted,
  );
  const locked = await lockfile();
  if (locked !== null) checkLocked(functionName, session.root, locked, installation.reader, closure.nodes);
  else
    shared.notice(
      "There is no lockfile: which versions are copied into packages depends on what is installed.",
    );
  const placed = placePackages(closure, identityOf(session), (path) => placementEndless(functionName, path));
  const entries: ZipEntry[] = [];
  const inputs = new Set<string>();
  const folders = new Set<string>();
  const read = new Map<PackageNode, PackageContents>();
  const needed = neededPackages(closure);
  const scope = { session, functionName, runtime, target, manager: locked?.manager ?? null, needed };
  for (const { path, node } of placed) {
    const contents = read.get(node) ?? packageContents(scope, node);
    read.set(node, contents);
    for (const file of contents.files) entries.push({ ...file, path: `${path}/${file.path}` });
    for (const folder of foldersOf(session, node, contents)) folders.add(folder);
    for (const input of contents.read) inputs.add(shownFrom(session.root, fileOnDisk(input)));
  }
  if (installation.pnp !== null) inputs.add(shownFrom(session.root, installation.pnp));
  for (const { files, fetched } of closure.nodes)
    if (fetched === null) inputs.add(shownFrom(session.root, fileOnDisk(join(files, "package.json"))));
  return {
    entries,
    inputs: [...inputs].sort(),
    folders: [...folders].sort(),
    links: linksOf(session, closure, installation),
    packages: closure.nodes.map((node) => inventoryOf(session, node)),
    provided: [...closure.provided].sort(),
    places: placed.map(({ path, node: { name, version } }) => ({ name, version, path })),
  };
}
