import { readdirSync } from "node:fs";
import { join } from "node:path";
import { licenseDocument } from "@sluice/artifact";
import type { PackageReader } from "../externals/package-reader.ts";

/** A package whose licence has to go along. */
export interface LicensedPackage {
  readonly name: string;
  readonly version: string | null;
  /** SPDX expression; `null` when its package.json has none. */
  readonly license: string | null;
  /** Absolute path of its files. */
  readonly files: string;
}

/** What npm itself always packs, whatever the spelling (npm, "package.json", files), and the notices that Apache-2.0 asks to keep. */
const TEXTS = /^(licen[cs]e|copying|unlicense|notice)([-._].*)?$/i;
const CODE = /\.(?:[cm]?[jt]sx?|json|map)$/i;

/** Names of the files with licence texts at a package's top, in code-unit order. */
function textFiles(reader: PackageReader, folder: string): string[] {
  const names = ((): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      // It stands in a zip, as Yarn's Plug'n'Play leaves packages.
      return reader.files(folder).map(({ path }) => path);
    }
  })();
  return names.filter((name) => TEXTS.test(name) && !CODE.test(name)).sort();
}

export interface CollectedLicenses {
  readonly bytes: Uint8Array;
  /** Absolute paths of the files that were read: a change of one is a change of the package. */
  readonly read: readonly string[];
}

/**
 * Puts the licence texts of `packages` into one file: each text once, under the names of all that have it, in code-unit order.
 * Packages without a text are named with what their package.json says.
 */
export function collectLicenses(
  packages: readonly LicensedPackage[],
  reader: PackageReader,
): CollectedLicenses {
  const read: string[] = [];
  const texts = packages.map((found) => ({
    ...found,
    license: found.license ?? "no licence named in its package.json",
    texts: textFiles(reader, found.files).map((name) => {
      const path = join(found.files, name);
      read.push(path);
      return Buffer.from(reader.read(path)).toString("utf8");
    }),
  }));
  return { bytes: licenseDocument(texts), read };
}
