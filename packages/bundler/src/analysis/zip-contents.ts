import { readFile } from "node:fs/promises";
import { measureZip, type SizedFile } from "@sluice/artifact";
import { installedHome } from "./home.ts";

/** What stands in a zip, as its directory and the manifests of the packages in it say. */
export interface ZipContents {
  readonly files: readonly SizedFile[];
  /** Folder of a package in the zip → its version. */
  readonly versions: ReadonlyMap<string, string>;
}

function isPackageManifest(path: string): boolean {
  return installedHome(path)?.folder === path.replace(/\/package\.json$/, "");
}

function versionOf(bytes: Uint8Array): string | null {
  try {
    const { version } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { version?: unknown };
    return typeof version === "string" ? version : null;
  } catch {
    return null;
  }
}

/** Reads what a zip is made of, without unpacking it. */
export async function readZipContents(path: string): Promise<ZipContents> {
  const { files, contents } = measureZip(await readFile(path), isPackageManifest, path);
  const versions = contents.flatMap(({ path: file, bytes }): [string, string][] => {
    const version = versionOf(bytes);
    return version === null ? [] : [[file.replace(/\/package\.json$/, ""), version]];
  });
  return { files, versions: new Map(versions) };
}
