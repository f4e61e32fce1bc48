import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readZip } from "@sluice/artifact";
import { type PackageManifest, parseManifest } from "./manifest.ts";

/** A file of an installed package. */
export interface InstalledFile {
  /** Relative to the package's folder, with forward slashes. */
  readonly path: string;
  /** Absolute path, links followed; for what stands in a zip, a path through the zip. */
  readonly real: string;
}

/**
 * Reads installed packages: from folders, and from the zips in which Yarn's Plug'n'Play leaves them, whose paths go on
 * behind `.zip/`. package.json files are read once.
 */
export interface PackageReader {
  /** `null`: the folder has none that could be read. */
  manifest(folder: string): PackageManifest | null;
  hasFile(path: string): boolean;
  /** @throws what the file system says */
  read(path: string): Uint8Array;
  /** All files below a folder but those of `node_modules`, in code-unit order, symbolic links followed. */
  files(folder: string): readonly InstalledFile[];
}

/** The zip that a path goes through, and the path in it; `null` for one that goes through folders alone, whatever their names. */
function splitAtZip(path: string): { readonly zip: string; readonly within: string } | null {
  for (const { index } of path.matchAll(/\.zip\//g)) {
    const end = index + ".zip".length;
    const zip = path.slice(0, end);
    if (statSync(zip, { throwIfNoEntry: false })?.isFile() === true)
      return { zip, within: path.slice(end + 1) };
  }
  return null;
}

/** The file on disk that holds what a path names: the zip, when it stands in one. */
export function fileOnDisk(path: string): string {
  const real = withoutVirtual(path);
  return splitAtZip(real.replaceAll("\\", "/"))?.zip ?? real;
}

/**
 * Yarn gives one package a folder for each set of peers: `/a/__virtual__/HASH/N/b` is `b` in the folder N above `/a`
 * (Yarn, "Plug'n'Play", Virtual folders).
 */
export function withoutVirtual(path: string): string {
  const match = /^(.*?)[/\\](?:__virtual__|\$\$virtual)[/\\][^/\\]+[/\\](\d+)[/\\](.*)$/s.exec(path);
  if (match === null) return path;
  let base = match[1] ?? "";
  for (let level = Number(match[2]); level > 0; level--) base = dirname(base);
  return withoutVirtual(join(base, match[3] ?? ""));
}

/** Path in the zip → bytes. */
type ZipFiles = ReadonlyMap<string, Uint8Array>;

function openZip(path: string): ZipFiles {
  const { entries } = readZip(readFileSync(path), path);
  return new Map(entries.map((entry) => [entry.path, entry.bytes]));
}

function walk(folder: string): InstalledFile[] {
  const files: InstalledFile[] = [];
  const visit = (at: string, prefix: string, above: readonly string[]): void => {
    const real = realpathSync.native(at);
    if (above.includes(real)) return;
    for (const name of readdirSync(at).sort()) {
      if (name === "node_modules") continue;
      const path = join(at, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory()) visit(path, `${prefix}${name}/`, [...above, real]);
      else if (stat?.isFile()) files.push({ path: prefix + name, real: realpathSync.native(path) });
      // Not valid UTF-8, so that nothing is found by the name as it was read: whoever packs it says so.
      else if (name.includes("\uFFFD")) files.push({ path: prefix + name, real: path });
    }
  };
  visit(folder, "", []);
  return files;
}

/** The package.json files from a folder up to `top`, nearest first. */
export function manifestsAbove(reader: PackageReader, folder: string, top: string): PackageManifest[] {
  const found: PackageManifest[] = [];
  for (let at = folder; ; at = dirname(at)) {
    const manifest = reader.manifest(at);
    if (manifest !== null) found.push(manifest);
    if (at === top || dirname(at) === at) return found;
  }
}

export function createPackageReader(): PackageReader {
  const zips = new Map<string, ZipFiles>();
  const manifests = new Map<string, PackageManifest | null>();
  const inZip = (path: string): { files: ZipFiles; zip: string; within: string } | null => {
    const place = splitAtZip(path);
    if (place === null) return null;
    const { zip, within } = place;
    const files = zips.get(zip) ?? openZip(zip);
    zips.set(zip, files);
    return { files, zip, within };
  };
  const read = (path: string): Uint8Array => {
    const place = inZip(path);
    if (place === null) return readFileSync(path);
    const bytes = place.files.get(place.within);
    if (bytes === undefined) throw new Error(`${place.within} is not in ${place.zip}`);
    return bytes;
  };
  return {
    read,
    manifest: (folder) => {
      const known = manifests.get(folder);
      if (known !== undefined) return known;
      let found: PackageManifest | null = null;
      try {
        found = parseManifest(Buffer.from(read(join(folder, "package.json"))).toString());
      } catch {
        // A folder without a package.json is nobody's package.
      }
      manifests.set(folder, found);
      return found;
    },
    hasFile: (path) => {
      const place = inZip(path);
      return place === null
        ? statSync(path, { throwIfNoEntry: false })?.isFile() === true
        : place.files.has(place.within);
    },
    files: (folder) => {
      const place = inZip(`${folder}/`);
      if (place === null) return walk(folder);
      const below = [...place.files.keys()].filter((path) => path.startsWith(place.within)).sort();
      return below
        .map((path) => ({ path: path.slice(place.within.length), real: `${place.zip}/${path}` }))
        .filter(({ path }) => !path.split("/").includes("node_modules"));
    },
  };
}
