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
  wheel: "package",
  library: "shared libraries",
  map: "source map",
  asset: "file",
  license: "licences",
};

export function formatKind(node: TreeNode): string {
  return KINDS[node.kind];
}

/** A function's zip, maps and all, against its budget. */
function formatWhole({ whole }: TreeNode): string {
  if (whole === null) return "";
  const { zip, budget } = whole;
  const over = budget !== null && zip > budget ? "over" : "within";
  return `; the whole zip ${formatBytes(zip)}${budget === null ? "" : `, ${over} its budget of ${formatBytes(budget)}`}`;
}

/** Everything that is known of a node, in a line. */
export function describe(node: TreeNode): string {
  const { name, bytes, zip, parent } = node;
  const share = parent === null ? "" : `, ${formatPercent(bytes / parent.bytes)} of ${parent.name}`;
  const zipped = zip === null ? "" : `, ${formatBytes(zip)} zipped`;
  return `${name}: ${formatBytes(bytes)}${zipped}${share}${formatWhole(node)}`;
}
