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

/** What a zip is made of, without unpacking it. `where` is what it is called in errors. */
export function contentsOf(bytes: Uint8Array, where: string): ZipContents {
  const { files, contents } = measureZip(bytes, isPackageManifest, where);
  const versions = contents.flatMap(({ path, bytes: manifest }): [string, string][] => {
    const version = versionOf(manifest);
    return version === null ? [] : [[path.replace(/\/package\.json$/, ""), version]];
  });
  return { files, versions: new Map(versions) };
}
