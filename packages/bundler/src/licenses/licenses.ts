import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { PackageReader } from "../externals/package-reader.ts";

/** Where the collected texts stand in a deployment package. */
export const LICENSES_FILE = "THIRD-PARTY-LICENSES.txt";

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

const RULE = "-".repeat(80);

function titleOf({ name, version, license }: LicensedPackage): string {
  const id = license ?? "no licence named in its package.json";
  return `${name}${version === null ? "" : ` ${version}`} (${id})`;
}

function sortedTitles(titles: Iterable<string>): string[] {
  return [...new Set(titles)].sort();
}

/**
 * Puts the licence texts of `packages` into one file: each text once, under the names of all that have it, in code-unit order.
 * Packages without a text are named with what their package.json says.
 */
export function collectLicenses(
  packages: readonly LicensedPackage[],
  reader: PackageReader,
): CollectedLicenses {
  const titlesOf = new Map<string, string[]>();
  const without: string[] = [];
  const read: string[] = [];
  for (const found of packages) {
    const files = textFiles(reader, found.files);
    if (files.length === 0) without.push(titleOf(found));
    for (const name of files) {
      const path = join(found.files, name);
      read.push(path);
      const text = Buffer.from(reader.read(path)).toString("utf8");
      const plain = text
        .replace(/^\uFEFF/, "")
        .replace(/\r\n?/g, "\n")
        .replace(/[ \t]+$/gm, "")
        .trim();
      titlesOf.set(plain, [...(titlesOf.get(plain) ?? []), titleOf(found)]);
    }
  }
  const sections = [...titlesOf].map(([text, titles]) => `${sortedTitles(titles).join("\n")}\n\n${text}\n`);
  sections.sort();
  if (without.length > 0)
    sections.push(`Without a licence text of their own:\n\n${sortedTitles(without).join("\n")}\n`);
  const head = "Licences of the packages in this deployment package\n";
  return { bytes: Buffer.from([head, ...sections].join(`\n${RULE}\n\n`)), read };
}
