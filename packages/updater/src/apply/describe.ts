import type { Manifest } from "@sluice/core";

/** AWS's limit for the description of a function version or alias. */
const LONGEST = 256;

/**
 * The description of an alias or function version: `<packageVersion> · <commit, 12 digits>[ dirty] · sha256:<hex>`, without
 * what is not known. At most 256 characters; a long package version is cut, the digest never.
 */
export function describe(manifest: Pick<Manifest, "packageVersion" | "commit" | "dirty" | "digest">): string {
  const commit = manifest.commit?.slice(0, 12);
  const source = commit === undefined ? [] : [manifest.dirty ? `${commit} dirty` : commit];
  const tail = [...source, manifest.digest].join(" · ");
  if (!manifest.packageVersion) return tail;
  return `${shorten(manifest.packageVersion, LONGEST - tail.length - 3)} · ${tail}`;
}

const shorten = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
