import { existsSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileNameInvalid, fileUnreadable, type ZipEntry } from "@sluice/artifact";
import type { PackageManager } from "../lockfile/locked-package.ts";
import type { Session } from "../session.ts";
import { fittingFiles, isBinary, type Misfit } from "./binaries.ts";
import { entryFile, entryName } from "./entry-file.ts";
import { linkOutside, nativeMisfit, nativeMissing, packageOutside, workspaceNotBuilt } from "./errors.ts";
import { expectsBuild, triesNative } from "./native.ts";
import { neededFiles, ownFiles } from "./package-files.ts";
import type { PackageNode } from "./package-node.ts";
import { fileOnDisk, type InstalledFile } from "./package-reader.ts";
import type { Target } from "./platform.ts";
import { packagesOf } from "./session-packages.ts";

/** Whom a package is read for. */
export interface ContentsScope {
  readonly session: Session;
  readonly functionName: string;
  /** Lambda runtime identifier. */
  readonly runtime: string;
  readonly target: Target;
  readonly manager: PackageManager | null;
  /** Packages that the function cannot do without. */
  readonly needed: ReadonlySet<PackageNode>;
}

export interface PackageContents {
  /** Paths relative to the package. */
  readonly files: readonly ZipEntry[];
  /** Absolute paths of what was read. */
  readonly read: readonly string[];
}

/**
 * Whether a file is a program, by its content: package managers set the executable bit each in their way, and file systems lose
 * it.
 */
function isProgram(bytes: Uint8Array): boolean {
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(4, bytes.byteLength)).toString("latin1");
  return magic === "\x7fELF" || magic.startsWith("#!");
}

function checkFile(scope: ContentsScope, node: PackageNode, file: InstalledFile): void {
  const shown = relative(scope.session.root, join(node.files, file.path)).replaceAll(sep, "/");
  if (file.path.includes("\uFFFD")) throw fileNameInvalid(scope.functionName, shown);
  if (fileOnDisk(file.real) !== file.real) return;
  const allowed = [realpathSync(node.files), scope.session.repository];
  if (!allowed.some((folder) => file.real.startsWith(folder + sep)))
    throw linkOutside(scope.functionName, node.name, shown);
}

/** A package that is no installed one is of the repository, where that is known, and not of somebody's machine alone. */
function checkInside({ session, functionName }: ContentsScope, { isOwn, name, files }: PackageNode): void {
  const isInside = files === session.repository || files.startsWith(session.repository + sep);
  if (isOwn && !isInside && existsSync(join(session.repository, ".git")))
    throw packageOutside(functionName, name, files);
}

/** A package of the repository is copied as its build left it: what its package.json names has to be there. */
function checkBuilt(scope: ContentsScope, node: PackageNode): void {
  const { manifest, files, name } = node;
  const { reader } = packagesOf(scope.session).outside.installation;
  if (!node.isOwn || manifest === null) return;
  const named = [false, true].map((isRequire) => entryName(manifest, ".", isRequire));
  const found = [false, true].map((isRequire) => entryFile(reader, files, manifest, ".", isRequire));
  const entry = found.find((path) => path !== null) ?? named.find((path) => path !== null);
  // One without a main entry has others, or is only data.
  if (entry === undefined || entry === null || (manifest.main === null && manifest.exports === undefined))
    return;
  const isThere = found.some((path) => path !== null);
  if (!isThere || /\.[cm]?tsx?$/.test(entry))
    throw workspaceNotBuilt(scope.functionName, name, relative(scope.session.root, files) || ".", entry);
}

/** `paths`: of all files of the package, whether they are copied or not. */
function installedFiles(
  scope: ContentsScope,
  node: PackageNode,
): { files: ZipEntry[]; read: string[]; paths: string[] } {
  const { reader } = packagesOf(scope.session).outside.installation;
  const listed = node.isOwn ? ownFiles(reader, node.files, node.manifest) : reader.files(node.files);
  const files: ZipEntry[] = [];
  const read: string[] = [];
  for (const file of neededFiles(node.manifest, listed)) {
    checkFile(scope, node, file);
    try {
      const bytes = reader.read(file.real);
      files.push({ path: file.path, bytes, executable: isProgram(bytes) });
    } catch (error) {
      throw fileUnreadable(scope.functionName, relative(scope.session.root, file.real), error);
    }
    read.push(file.real);
  }
  return { files, read, paths: listed.map(({ path }) => path) };
}

function fetchedFiles({ manifest, fetched }: PackageNode): ZipEntry[] {
  const files = neededFiles(manifest, fetched ?? []);
  return files.map(({ path, bytes }) => ({ path, bytes, executable: isProgram(bytes) }));
}

/** Whether a package, or whoever asks for it, goes on without its machine code. */
function canDoWithout(scope: ContentsScope, node: PackageNode, files: readonly ZipEntry[]): boolean {
  const scripts = files.filter(({ path }) => /\.[cm]?js$/.test(path));
  return !scope.needed.has(node) || scripts.some(({ bytes }) => triesNative(Buffer.from(bytes).toString()));
}

/**
 * What to do about a package without machine code that runs on the target: an error, or a notice where there is a way without.
 *
 * @param misfit - what it has; `null`: nothing at all
 */
function missNative(
  scope: ContentsScope,
  node: PackageNode,
  files: readonly ZipEntry[],
  misfit: Misfit | null,
): void {
  const { session, functionName, target, runtime, manager } = scope;
  const shown = (path: string): string => relative(session.root, path).replaceAll(sep, "/");
  const wanted = `Linux on ${target.architecture} (${runtime})`;
  if (canDoWithout(scope, node, files)) {
    const why = misfit === null ? "was not built" : `is ${misfit.found}`;
    packagesOf(session).notice(
      `${functionName}: the machine code of ${node.name} ${why}, and is left out: the package, or who asks for it, has a way to do without.`,
    );
  } else if (misfit === null) {
    throw nativeMissing(functionName, node.name, shown(node.files), wanted, manager);
  } else {
    const place = node.fetched === null ? shown(join(node.files, misfit.path)) : misfit.path;
    throw nativeMisfit(functionName, node.name, place, misfit.found, wanted, manager, target.cpu);
  }
}

/**
 * The files of one package that go into a zip: without what never runs and without builds for other machines.
 *
 * @throws `SLUICE_NATIVE_ARCHITECTURE`, `SLUICE_WORKSPACE_NOT_BUILT`, `SLUICE_SYMLINK_OUTSIDE`, `SLUICE_FILE_UNREADABLE`
 */
export function packageContents(scope: ContentsScope, node: PackageNode): PackageContents {
  checkInside(scope, node);
  checkBuilt(scope, node);
  const { files, read, paths } =
    node.fetched === null
      ? installedFiles(scope, node)
      : { files: fetchedFiles(node), read: [], paths: node.fetched.map(({ path }) => path) };
  const { files: fitting, misfit } = fittingFiles(files, scope.target, scope.runtime);
  const isExpected = node.manifest !== null && expectsBuild(node.manifest, paths);
  if (misfit !== null || (isExpected && !fitting.some(isBinary))) missNative(scope, node, files, misfit);
  return { files: fitting, read };
}
