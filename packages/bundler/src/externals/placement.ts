import type { SluiceError } from "@sluice/core";
import { type PackageGraph, type PackageNode, samePackages } from "./package-node.ts";

/** A package and where it stands in the zip, as `node_modules/a/node_modules/b`. */
export interface PlacedPackage {
  readonly path: string;
  readonly node: PackageNode;
}

/** Deeper than this only packages go that want each other in ever other versions. */
const DEEPEST = 40;

interface Place {
  readonly path: string;
  readonly node: PackageNode;
  readonly parent: Place | null;
  readonly children: Map<string, PackageNode>;
}

/** For each name the package that most others want under it; equally many: the one with the lower number. */
function wantedMost(graph: PackageGraph, classOf: (node: PackageNode) => number): Map<string, PackageNode> {
  const votes = new Map<string, Map<number, { node: PackageNode; dependents: Set<number> }>>();
  for (const dependent of graph.nodes) {
    for (const [name, node] of dependent.edges) {
      const candidates = votes.get(name) ?? new Map();
      const candidate = candidates.get(classOf(node)) ?? { node, dependents: new Set() };
      candidate.dependents.add(classOf(dependent));
      candidates.set(classOf(node), candidate);
      votes.set(name, candidates);
    }
  }
  const winners = new Map<string, PackageNode>();
  for (const [name, candidates] of votes) {
    const sorted = [...candidates].sort(
      ([a, one], [b, other]) => other.dependents.size - one.dependents.size || a - b,
    );
    const [first] = sorted;
    if (first !== undefined) winners.set(name, first[1].node);
  }
  for (const [name, node] of graph.roots) winners.set(name, node);
  return winners;
}

/**
 * Lays packages out in one flat `node_modules` folder, those of a second version below whoever wants them, so that each import
 * leads to the version that it led to where it is installed. Depends on names, versions and dependencies alone, not on
 * how they are installed.
 *
 * @param nameOf - what tells a package from others, as `name@version`
 * @param endless - the error for packages that no finite tree of folders holds
 */
export function placePackages(
  graph: PackageGraph,
  nameOf: (node: PackageNode) => string,
  endless: (path: string) => SluiceError,
): PlacedPackage[] {
  const classes = samePackages(graph.nodes, nameOf);
  const classOf = (node: PackageNode): number => classes.get(node) ?? -1;
  const top = wantedMost(graph, classOf);
  const placed: PlacedPackage[] = [];
  const visible = (from: Place, name: string): PackageNode | undefined => {
    for (let at: Place | null = from; at !== null; at = at.parent) {
      const found = at.children.get(name);
      if (found !== undefined) return found;
    }
    return top.get(name);
  };
  const place = (path: string, node: PackageNode, parent: Place | null, depth: number): void => {
    if (depth > DEEPEST) throw endless(path);
    placed.push({ path, node });
    const here: Place = { path, node, parent, children: new Map() };
    for (const [name, wanted] of node.edges) {
      const found = visible(here, name);
      if (found === undefined || classOf(found) !== classOf(wanted)) here.children.set(name, wanted);
    }
    // Only now: a nested package sees all that stands beside it.
    for (const [name, wanted] of [...here.children].sort(([a], [b]) => (a < b ? -1 : 1)))
      place(`${path}/node_modules/${name}`, wanted, here, depth + 1);
  };
  for (const [name, node] of [...top].sort(([a], [b]) => (a < b ? -1 : 1)))
    place(`node_modules/${name}`, node, null, 0);
  return placed;
}
