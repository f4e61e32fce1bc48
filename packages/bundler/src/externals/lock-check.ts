import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { type Lockfile, lockedPackages } from "../lockfile/locked-package.ts";
import { installCommand, lockfileDisagrees } from "./errors.ts";
import { packageFolderOf } from "./installation.ts";
import type { PackageNode } from "./package-node.ts";
import type { PackageReader } from "./package-reader.ts";

/** A version that comes from a registry; git and tarball dependencies have whatever their lockfile writes. */
const RELEASE = /^\d+\.\d+\.\d+/;

/** Versions of a package in a lockfile; `null` when it has one in a form that says nothing about the version. */
function lockedVersions(lockfile: Lockfile, name: string): string[] | null {
  const versions = lockedPackages(lockfile, name).map(({ version }) => version);
  return versions.every((version) => RELEASE.test(version)) ? [...new Set(versions)].sort() : null;
}

/** Whether a package came inside of another's tarball, which lockfiles may leave out. */
function isBrought(reader: PackageReader, { files, name }: PackageNode): boolean {
  const within = files.slice(0, files.length - name.length - "/node_modules/".length);
  const owner = packageFolderOf(`${within}/`);
  const raw = owner === within ? reader.manifest(owner)?.raw : undefined;
  return [raw?.["bundleDependencies"], raw?.["bundledDependencies"]].flat().includes(name);
}

function shownPath(root: string, lockfile: Lockfile): string {
  return relative(root, lockfile.path).replaceAll(sep, "/");
}

/**
 * Checks that packages which are copied as they are installed are those of the lockfile: with others, nobody could build the
 * same again.
 *
 * @throws `SLUICE_LOCKFILE_DISAGREES`
 */
export function checkLocked(
  functionName: string,
  root: string,
  lockfile: Lockfile,
  reader: PackageReader,
  nodes: readonly PackageNode[],
): void {
  for (const node of nodes) {
    const { name, version } = node;
    if (node.isOwn || node.fetched !== null || version === null || name.startsWith(".")) continue;
    const locked = lockedVersions(lockfile, name);
    if (locked === null || locked.includes(version) || (locked.length === 0 && isBrought(reader, node)))
      continue;
    const where = { path: shownPath(root, lockfile), manager: lockfile.manager };
    throw lockfileDisagrees(functionName, name, version, locked, where);
  }
}

/** A package whose code is in a bundle. */
export interface BundledVersion {
  readonly name: string;
  readonly version: string;
}

/** Whether a lockfile's text names a version of a package, in one of the ways in which they do. */
function isNamed(text: string, { name, version }: BundledVersion): boolean {
  const base = name.slice(name.indexOf("/") + 1);
  return (
    text.includes(`${name}@${version}`) ||
    text.includes(`${name}@npm:${version}`) ||
    text.includes(`/${base}-${version}.tgz`)
  );
}

/**
 * A notice about bundled packages that are installed in another version than locked, or `null`. Looks for the versions in the
 * lockfile's text first: parsing a big one takes longer than many a build.
 */
export async function bundledNotice(
  root: string,
  path: string,
  bundled: readonly BundledVersion[],
  parse: () => Promise<Lockfile | null>,
): Promise<string | null> {
  const text = readFileSync(path, "utf8");
  const doubtful = bundled.filter((found) => !isNamed(text, found));
  if (doubtful.length === 0) return null;
  const lockfile = await parse();
  if (lockfile === null) return null;
  const differing = doubtful.flatMap(({ name, version }) => {
    const locked = lockedVersions(lockfile, name);
    if (locked === null || locked.length === 0 || locked.includes(version)) return [];
    return [`${name} ${version} (locked: ${locked.join(", ")})`];
  });
  if (differing.length === 0) return null;
  const rest = differing.length > 5 ? ` and ${differing.length - 5} more` : "";
  const command = installCommand(lockfile.manager);
  return `Installed and bundled in other versions than ${shownPath(root, lockfile)} has: ${differing.slice(0, 5).join(", ")}${rest}. Another machine would build something else: ${command}.`;
}
