import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isInstalled } from "./portable.ts";

const SOURCES = Buffer.from('  "sources": ');
const NEXT = Buffer.from(",\n");

/** A source of the repository itself, which stands in a file: neither installed nor made up by a plugin. */
function isOwn(source: string): boolean {
  return !isInstalled(source) && !/^(<|[\w-]{2,}:)/.test(source);
}

/** The text of a source, whose name is an encoded URL in a map of esbuild's own. */
function textOf(root: string, source: string): string | null {
  try {
    return readFileSync(resolve(root, decodeURIComponent(source)), "utf8").replace(/^\uFEFF/, "");
  } catch {
    // What an input's own map names need not be there.
    return null;
  }
}

/**
 * Adds the texts of the repository's own sources to a map that has none. As text: parsing and writing megabytes of mappings costs
 * more than everything else that is done to a map.
 *
 * @param map - as esbuild writes it, sources relative to `root`
 */
export function withOwnSources(map: Uint8Array, root: string): Uint8Array {
  const bytes = Buffer.from(map.buffer, map.byteOffset, map.byteLength);
  const start = bytes.indexOf(SOURCES);
  const end = bytes.indexOf(NEXT, start);
  if (start < 0 || end < 0) return map;
  const sources = JSON.parse(bytes.toString("utf8", start + SOURCES.length, end)) as string[];
  const texts = sources.map((source) => JSON.stringify(isOwn(source) ? textOf(root, source) : null));
  const line = Buffer.from(`,\n  "sourcesContent": [${texts.join(", ")}]`);
  return Buffer.concat([bytes.subarray(0, end), line, bytes.subarray(end)]);
}
