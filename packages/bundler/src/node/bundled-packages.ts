import { basename, dirname, relative, resolve, sep } from "node:path";
import { type InventoryPackage, perSession } from "@sluice/artifact";
import { packageFolderOf } from "../externals/installation.ts";
import { createPackageReader, type PackageReader, withoutVirtual } from "../externals/package-reader.ts";
import type { Session } from "../session.ts";
import { portableName } from "./portable.ts";

/** A package with the folder that its files are read from. */
export interface FoundPackage extends InventoryPackage {
  /** Absolute path. */
  readonly files: string;
}

/** One for all functions of a run: they share most of their packages. */
export const readerOf: (session: Session) => PackageReader = perSession(() => createPackageReader());

/** The name by which a package is installed, when its own package.json has none. */
function installedName(folder: string): string {
  const scope = basename(dirname(folder));
  return scope.startsWith("@") ? `${scope}/${basename(folder)}` : basename(folder);
}

/** The folder of the workspace package that an own source is of; `null` for the repository root's own. */
function workspaceFolder(session: Session, reader: PackageReader, file: string): string | null {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (session.root === folder || session.root.startsWith(folder + sep)) return null;
    if (reader.manifest(folder)?.name != null) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/**
 * The packages whose code is in a bundle: the installed ones, and those of the workspace that are bundled from their sources.
 *
 * @param inputs - paths relative to the root
 */
export function bundledPackages(session: Session, inputs: readonly string[]): FoundPackage[] {
  const reader = readerOf(session);
  const folders = new Set<string>();
  for (const input of inputs) {
    const file = resolve(session.root, input);
    const folder = packageFolderOf(file) ?? workspaceFolder(session, reader, file);
    if (folder !== null) folders.add(folder);
  }
  return [...folders].map((folder): FoundPackage => {
    const files = withoutVirtual(folder);
    const manifest = reader.manifest(files);
    const shown = relative(session.root, folder).replaceAll(sep, "/");
    return {
      name: manifest?.name ?? installedName(folder),
      version: manifest?.version ?? null,
      license: manifest?.license ?? null,
      folder: portableName(shown),
      how: "bundled",
      files,
    };
  });
}
