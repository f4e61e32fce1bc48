import type { PageData, PageFunction, PagePart } from "./page-data.ts";

/** A box of the map: all functions, one, a part of it, or a module. */
export interface TreeNode {
  readonly name: string;
  /** Decides on the colour. */
  readonly kind: PagePart["kind"] | "function" | "all";
  /** Bytes unzipped. */
  readonly bytes: number;
  /** Bytes in the zip, `null` for modules: they are compressed together. */
  readonly zip: number | null;
  /** Of a function: its whole zip with what it may have, in bytes. */
  readonly whole: { readonly zip: number; readonly budget: number | null } | null;
  readonly parent: TreeNode | null;
  /** The biggest first. */
  readonly children: readonly TreeNode[];
  /** In small letters, for the search. */
  readonly key: string;
}

interface Draft extends TreeNode {
  children: TreeNode[];
}

function node(parent: TreeNode | null, of: Pick<TreeNode, "name" | "kind" | "bytes" | "zip">): Draft {
  return { ...of, whole: null, parent, children: [], key: of.name.toLowerCase() };
}

function bySize(one: TreeNode, other: TreeNode): number {
  return other.bytes - one.bytes;
}

function partTree(part: PagePart, parent: TreeNode, names: readonly string[]): TreeNode {
  const { kind, label, bytes, zip, modules, small } = part;
  const made = node(parent, { name: label, kind, bytes, zip });
  let rest = bytes;
  for (let at = 0; at < modules.length; at += 2) {
    const size = modules[at + 1] ?? 0;
    rest -= size;
    made.children.push(node(made, { name: names[modules[at] ?? 0] ?? "", kind, bytes: size, zip: null }));
  }
  if (small > 0)
    made.children.push(node(made, { name: `${small} smaller ones`, kind, bytes: rest, zip: null }));
  // A part that is one file is that file.
  if (made.children.length === 1 && made.children[0]?.name === label) made.children = [];
  made.children.sort(bySize);
  return made;
}

function functionTree(fn: PageFunction, parent: TreeNode, names: readonly string[], maps: boolean): TreeNode {
  const parts = fn.parts.filter(({ kind }) => maps || kind !== "map");
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const zip = parts.reduce((sum, part) => sum + part.zip, 0);
  const made = {
    ...node(parent, { name: fn.name, kind: "function", bytes, zip }),
    whole: { zip: fn.zip, budget: fn.budget },
  };
  made.children = parts.map((part) => partTree(part, made, names)).sort(bySize);
  return made;
}

/** The whole tree, with or without source maps: they are as big as all else and hide it. */
export function buildTree(data: PageData, maps: boolean): TreeNode {
  const children: TreeNode[] = [];
  const root = { ...node(null, { name: "All functions", kind: "all", bytes: 0, zip: 0 }), zip: 0, children };
  for (const fn of data.functions) {
    const child = functionTree(fn, root, data.names, maps);
    root.bytes += child.bytes;
    root.zip += child.zip ?? 0;
    children.push(child);
  }
  children.sort(bySize);
  return root;
}

/** From the root down to `node`. */
export function pathTo(node: TreeNode): TreeNode[] {
  return node.parent === null ? [node] : [...pathTo(node.parent), node];
}

/** The node of another tree that stands at the same names, or the nearest above it. */
export function sameIn(root: TreeNode, node: TreeNode): TreeNode {
  let at = root;
  for (const { name } of pathTo(node).slice(1)) {
    const next = at.children.find((child) => child.name === name);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** Nodes that a search text names, themselves or by what they hold. */
export interface Matches {
  /** Named by the text; of those inside of one another the outermost. */
  readonly found: readonly TreeNode[];
  /** Those, what is in them, and what they are in. */
  readonly lit: ReadonlySet<TreeNode>;
}

export function search(root: TreeNode, text: string): Matches {
  const wanted = text.trim().toLowerCase();
  const found: TreeNode[] = [];
  const lit = new Set<TreeNode>();
  const light = (at: TreeNode): void => {
    lit.add(at);
    at.children.forEach(light);
  };
  const visit = (at: TreeNode): boolean => {
    if (at.parent !== null && at.key.includes(wanted)) {
      found.push(at);
      light(at);
      return true;
    }
    const inside = at.children.map(visit).includes(true);
    if (inside) lit.add(at);
    return inside;
  };
  if (wanted !== "") visit(root);
  return { found, lit };
}
