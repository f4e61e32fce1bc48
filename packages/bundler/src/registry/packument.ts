import { tableOf, textOf } from "../lockfile/value.ts";

/** What a registry says about one version. */
export interface Distribution {
  readonly tarball: string | null;
  /** SRI; of old versions made from the hexadecimal SHA-1. */
  readonly integrity: string | null;
}

/** Asks for what an installation needs alone (npm's docs, "Package metadata"). */
export const PACKUMENT_TYPE = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";

/** The `dist` of a version in a packument; `null` when the version is not in it, or it is none. */
export function distributionOf(packument: Uint8Array, version: string): Distribution | null {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(packument).toString("utf8"));
  } catch {
    return null;
  }
  const found = tableOf(tableOf(document)["versions"])[version];
  if (found === undefined) return null;
  const dist = tableOf(tableOf(found)["dist"]);
  const shasum = textOf(dist["shasum"]);
  const sha1 = shasum === null ? null : `sha1-${Buffer.from(shasum, "hex").toString("base64")}`;
  return { tarball: textOf(dist["tarball"]), integrity: textOf(dist["integrity"]) ?? sha1 };
}
