import type { PackageGraph, PackageNode } from "./package-node.ts";
import { isLinuxPart } from "./platform.ts";

/** Whether a package may go without another: one that it lists as optional, and that is not its part for a platform. */
function mayMiss({ manifest }: PackageNode, name: string): boolean {
  if (manifest === null || isLinuxPart(name)) return false;
  return Object.hasOwn(manifest.optionalDependencies, name) || manifest.optionalPeers.has(name);
}

/** The packages that a function cannot do without: all but those that only optional dependencies lead to. */
export function neededPackages({ roots }: Pick<PackageGraph, "roots">): ReadonlySet<PackageNode> {
  const needed = new Set<PackageNode>();
  const queue = [...roots.values()];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (needed.has(node)) continue;
    needed.add(node);
    for (const [name, to] of node.edges) if (!mayMiss(node, name)) queue.push(to);
  }
  return needed;
}
