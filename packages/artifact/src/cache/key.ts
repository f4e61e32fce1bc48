import { relative, sep } from "node:path";
import type { Digest } from "@sluice/core";
import { digestOf } from "../digest.ts";
import type { ListedFile } from "../files/listed-file.ts";

/** What is known about a function before it is built. */
export interface CacheKey {
  /** Options and tool versions as text. */
  readonly options: string;
  /** Whether all that decides the bytes can be known; user's esbuild plugins may read anything. */
  readonly cacheable: boolean;
  /** Files that patterns and folders give. */
  readonly listed: readonly ListedFile[];
}

/** Path from the root, with forward slashes. */
export function relativeTo(root: string, path: string): string {
  return relative(root, path).replaceAll(sep, "/");
}

/** The listed files as text, one line each, equal on every machine. */
export function listedLines(key: CacheKey, root: string): string[] {
  return key.listed.map((file) => `${file.executable ? "x" : "-"} ${relativeTo(root, file.from)} ${file.to}`);
}

export function optionsDigest(key: CacheKey): Digest {
  return digestOf(Buffer.from(key.options));
}
