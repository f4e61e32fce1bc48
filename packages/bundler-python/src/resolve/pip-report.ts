import { fileURLToPath } from "node:url";
import { splitUrl } from "../index/credentials.ts";
import type { PylockFlaw } from "../pylock/package.ts";
import type { Pylock } from "../pylock/read-pylock.ts";
import type { LocalProject, ResolvedWheel } from "../resolution.ts";
import { normalizeName, parseWheelName } from "../wheels/wheel-name.ts";

/** One package of `pip install --report` (pip's docs, "Installation Report Format", version 1). */
export interface ReportedPackage {
  readonly metadata: {
    readonly name: string;
    readonly version: string;
    readonly requires_dist?: readonly string[];
  };
  readonly download_info: {
    readonly url: string;
    readonly archive_info?: { readonly hashes?: Readonly<Record<string, string>>; readonly hash?: string };
    readonly dir_info?: unknown;
    readonly vcs_info?: unknown;
  };
  /** A requirement names it. */
  readonly requested: boolean;
  readonly requested_extras?: readonly string[];
}

function filenameOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
}

function shaOf({ archive_info: info }: ReportedPackage["download_info"]): string | null {
  return info?.hashes?.["sha256"] ?? /^sha256=([0-9a-f]{64})$/.exec(info?.hash ?? "")?.[1] ?? null;
}

type Selected =
  | { readonly wheel: ResolvedWheel }
  | { readonly project: LocalProject }
  | { readonly flaw: PylockFlaw };

function select(
  { metadata, download_info: info }: ReportedPackage,
  allowed: ReadonlyMap<string, readonly string[]>,
): Selected {
  const name = normalizeName(metadata.name);
  const { version } = metadata;
  const { url } = splitUrl(info.url);
  const flaw = (kind: PylockFlaw["kind"], why: string, files: string[]): Selected => ({
    flaw: { name, version, kind, why, files },
  });
  if (info.vcs_info !== undefined) return flaw("vcs", "it comes from a repository", []);
  if (info.dir_info !== undefined) return { project: { name, path: fileURLToPath(url) } };
  const filename = filenameOf(url);
  if (parseWheelName(filename) === null) {
    return url.startsWith("file:")
      ? { project: { name, path: fileURLToPath(url) } }
      : flaw("source-only", "it is a source archive", [filename]);
  }
  const sha256 = shaOf(info);
  const sums = allowed.get(name);
  if (sums !== undefined && (sha256 === null || !sums.includes(sha256)))
    return flaw("hash", `${filename} has no SHA-256 sum that is allowed`, [filename]);
  const from = url.startsWith("file:") ? { path: fileURLToPath(url) } : { url };
  return { wheel: { name, version, filename, from, sha256 } };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}

/** What pip reports, in the form of a lock. `allowed`: normalized name → SHA-256 sums that are allowed. */
export function readReport(
  packages: readonly ReportedPackage[],
  allowed: ReadonlyMap<string, readonly string[]>,
): Pylock {
  const selected = packages.map((one) => select(one, allowed));
  return {
    wheels: selected.flatMap((one) => ("wheel" in one ? one.wheel : [])).sort(byName),
    projects: selected.flatMap((one) => ("project" in one ? one.project : [])).sort(byName),
    flaws: selected.flatMap((one) => ("flaw" in one ? one.flaw : [])).sort(byName),
  };
}
