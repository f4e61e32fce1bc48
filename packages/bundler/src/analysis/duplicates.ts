import type { Inventory } from "@sluice/artifact";
import type { Metafile } from "esbuild";
import type { Part } from "./analysis.ts";
import { shownPath } from "./home.ts";
import { broughtBy, type Chains, chainsOf } from "./why.ts";

/** One copy of a package that is in a function more than once. */
export interface DuplicateCopy {
  readonly version: string | null;
  readonly how: "bundled" | "copied";
  readonly folder: string;
  /** Bytes unzipped. */
  readonly bytes: number;
  readonly zippedBytes: number;
  /** Who brings it: own source first, then packages, down to the one that imports it; empty where that is not known. */
  readonly via: readonly string[];
}

/** A package of which one function holds several versions, or several copies of one. */
export interface Duplicate {
  readonly name: string;
  /** The biggest first. */
  readonly copies: readonly DuplicateCopy[];
  /** Bytes of the zip that all copies but the biggest take. */
  readonly savedBytes: number;
}

function copyOf(part: Part, chains: Chains, versions: ReadonlyMap<string, string | null>): DuplicateCopy {
  return {
    version: part.version,
    how: part.kind === "copied" ? "copied" : "bundled",
    folder: part.folder,
    bytes: part.bytes,
    zippedBytes: part.zippedBytes,
    via: broughtBy(part, chains, versions),
  };
}

/** Packages that are in the zip more than once, what could be saved most first. `parts` are sorted, the biggest first. */
export function duplicatesOf(parts: readonly Part[], inventory: Inventory<Metafile>): Duplicate[] {
  const byName = new Map<string, Part[]>();
  for (const part of parts)
    if (part.kind === "bundled" || part.kind === "copied")
      byName.set(part.name, [...(byName.get(part.name) ?? []), part]);
  const several = [...byName].filter(([, copies]) => copies.length > 1);
  if (several.length === 0) return [];
  const chains = chainsOf(inventory);
  const versions = new Map(inventory.packages.map(({ folder, version }) => [shownPath(folder), version]));
  return several
    .map(([name, copies]): Duplicate => {
      const savedBytes = copies.slice(1).reduce((sum, part) => sum + part.zippedBytes, 0);
      return { name, copies: copies.map((part) => copyOf(part, chains, versions)), savedBytes };
    })
    .sort((one, other) => other.savedBytes - one.savedBytes || (one.name < other.name ? -1 : 1));
}
