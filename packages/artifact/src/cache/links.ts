import { resolve, sep } from "node:path";
import type { FileStates } from "./fingerprint.ts";

/**
 * A place where an import was looked for: a symbolic link with what it led to, or `null` for nothing. Paths are relative to the
 * root.
 */
export type Link = readonly [path: string, real: string | null];

interface LinkScope {
  /** Absolute real path. */
  readonly root: string;
  /** Absolute real path that symbolic links must not leave. */
  readonly repository: string;
}

/** Whether each link still leads where it led. */
export function linksUnchanged(files: FileStates, links: readonly Link[]): boolean {
  return links.every(([path, real]) => files.real(path) === real);
}

/** The first link by which a source was found that leaves the repository; packages may be installed anywhere. */
export function leavingLink({ root, repository }: LinkScope, links: readonly Link[]): string | null {
  const isInside = (path: string): boolean => resolve(root, path).startsWith(repository + sep);
  const found = links.find(
    ([path, real]) =>
      real !== null && !path.split("/").includes("node_modules") && isInside(path) && !isInside(real),
  );
  return found?.[0] ?? null;
}
