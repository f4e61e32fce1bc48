import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createPackageReader, type PackageReader, withoutVirtual } from "./package-reader.ts";
import { findPnp } from "./pnp.ts";

/** Where a package was found. */
export interface Located {
  /**
   * What its own imports start from: the real path; in Plug'n'Play the path as its table spells it, since one folder can
   * stand for several sets of peers.
   */
  readonly folder: string;
  /** Real path of its files. */
  readonly files: string;
  /** The place in a `node_modules` folder that led there; `null` in Plug'n'Play. */
  readonly place: string | null;
}

/** The packages that are installed for a repository, in whatever layout. */
export interface Installation {
  readonly reader: PackageReader;
  /** Absolute path of the Plug'n'Play file, if there is one. */
  readonly pnp: string | null;
  /** Finds the package `name` for code in `folder` (an absolute real path) as Node.js does; `null` when there is none. */
  locate(folder: string, name: string): Located | null;
  /** The real path of a folder; `null` when there is none. */
  real(place: string): string | null;
}

/** The real path of a folder; `null` when there is none. */
function folderAt(path: string): string | null {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : null;
  } catch {
    return null;
  }
}

/** @param root - real path of the repository's root */
export function openInstallation(root: string): Installation {
  const reader = createPackageReader();
  const pnp = findPnp(root);
  const folders = new Map<string, string | null>();
  const real = (place: string): string | null => {
    const known = folders.get(place);
    if (known !== undefined) return known;
    const found = folderAt(place);
    folders.set(place, found);
    return found;
  };
  const inNodeModules = (folder: string, name: string): Located | null => {
    for (let at = folder; ; at = dirname(at)) {
      const place = join(at, "node_modules", name);
      const found = basename(at) === "node_modules" ? null : real(place);
      if (found !== null) return { folder: found, files: found, place };
      if (dirname(at) === at) return null;
    }
  };
  return {
    reader,
    pnp: pnp?.file ?? null,
    real,
    locate: (folder, name) => {
      const listed = pnp?.locate(folder, name);
      if (listed === undefined) return inNodeModules(folder, name);
      const files = listed === null ? null : withoutVirtual(listed);
      // The table lists packages of other platforms, too, which are not there.
      const isThere = files !== null && reader.hasFile(join(files, "package.json"));
      return listed === null || files === null || !isThere ? null : { folder: listed, files, place: null };
    },
  };
}

/**
 * The folder of the installed package that a file is of, as `/a/node_modules/@acme/db`; `null` for a file of the repository's
 * own.
 */
export function packageFolderOf(file: string): string | null {
  return /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+(?=[/\\])/s.exec(file)?.[0] ?? null;
}
