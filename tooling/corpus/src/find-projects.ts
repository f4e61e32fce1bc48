import { existsSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import type { Handler } from "./find-handlers.ts";

/** A folder with a package.json and the handlers whose nearest one it is. */
export interface Project {
  /** Relative to the corpus, `.` for itself. */
  readonly folder: string;
  readonly hasPackage: boolean;
  readonly handlers: readonly Handler[];
}

/** The nearest folder with a package.json, from a file's own up to the corpus; else the file's own. */
function projectOf(corpus: string, file: string): { readonly folder: string; readonly hasPackage: boolean } {
  const own = dirname(file);
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(corpus, folder, "package.json"))) return { folder, hasPackage: true };
    if (folder === ".") return { folder: own, hasPackage: false };
  }
}

/** Groups handlers by the project that they belong to. */
export function findProjects(corpus: string, handlers: readonly Handler[]): readonly Project[] {
  const projects = new Map<string, { hasPackage: boolean; handlers: Handler[] }>();
  for (const handler of handlers) {
    const { folder, hasPackage } = projectOf(corpus, handler.file);
    const project = projects.get(folder) ?? { hasPackage, handlers: [] };
    project.handlers.push({ ...handler, file: posix.relative(folder, handler.file) });
    projects.set(folder, project);
  }
  return [...projects].map(([folder, project]) => ({ folder, ...project }));
}
