import type { PackageManifest } from "./manifest.ts";

/** Bytes that were fetched instead of being read from what is installed. */
export interface FetchedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** One package in one version, as it is installed or fetched, with what its imports lead to. */
export interface PackageNode {
  /** Its own name, which is another than the one it is known by where a dependency is an alias. */
  readonly name: string;
  readonly version: string | null;
  readonly manifest: PackageManifest | null;
  /** Absolute path that its imports are looked up from. */
  readonly folder: string;
  /** Absolute real path of its files. */
  readonly files: string;
  /** `null`: it is installed. */
  readonly fetched: readonly FetchedFile[] | null;
  /** Whether it is a part of the repository rather than an installed package: its files are the working tree's. */
  readonly isOwn: boolean;
  /** Name under which it imports → what that is. */
  readonly edges: Map<string, PackageNode>;
}

/** What is known of a set of packages that has to be copied. */
export interface PackageGraph {
  /** Name that the bundle imports → package. */
  readonly roots: ReadonlyMap<string, PackageNode>;
  /** Every package that is reached, in the order in which they were found. */
  readonly nodes: readonly PackageNode[];
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/**
 * Which packages are the same one: same name, version and dependencies, however often they are installed. Begins with name and
 * version, and tells apart what leads to different ones until nothing changes.
 *
 * @returns for each node a number; the numbers follow from names and versions alone, not from folders
 */
export function samePackages(
  nodes: readonly PackageNode[],
  nameOf: (node: PackageNode) => string,
): ReadonlyMap<PackageNode, number> {
  let classes = numbered(nodes, nameOf);
  for (;;) {
    const known = classes;
    const finer = numbered(nodes, (node) => {
      const edges = [...node.edges].map(([name, to]) => `${name}=${known.get(to)}`).sort(compare);
      return `${String(known.get(node)).padStart(8, "0")}\0${edges.join("\0")}`;
    });
    if (new Set(finer.values()).size === new Set(classes.values()).size) return classes;
    classes = finer;
  }
}

function numbered(
  nodes: readonly PackageNode[],
  textOf: (node: PackageNode) => string,
): Map<PackageNode, number> {
  const texts = new Map(nodes.map((node) => [node, textOf(node)]));
  const sorted = [...new Set(texts.values())].sort(compare);
  const numbers = new Map(sorted.map((text, index) => [text, index]));
  return new Map([...texts].map(([node, text]) => [node, numbers.get(text) ?? 0]));
}
