import type { TreeNode } from "./tree.ts";

/** Bytes as people read them, in powers of ten. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return "";
  return share > 0 && share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`;
}

const KINDS: Readonly<Record<TreeNode["kind"], string>> = {
  all: "",
  function: "function",
  own: "own code",
  bundled: "bundled package",
  bundler: "added by the bundler",
  copied: "copied package",
  map: "source map",
  asset: "file",
  license: "licences",
};

export function formatKind(node: TreeNode): string {
  return KINDS[node.kind];
}

/** Everything that is known of a node, in a line. */
export function describe(node: TreeNode): string {
  const share =
    node.parent === null ? "" : `, ${formatPercent(node.bytes / node.parent.bytes)} of ${node.parent.name}`;
  const zip = node.zip === null ? "" : `, ${formatBytes(node.zip)} zipped`;
  const over = node.budget !== null && node.zip !== null && node.zip > node.budget;
  const budget =
    node.budget === null ? "" : `, ${over ? "over" : "within"} its budget of ${formatBytes(node.budget)}`;
  return `${node.name}: ${formatBytes(node.bytes)}${share}${zip}${budget}`;
}
