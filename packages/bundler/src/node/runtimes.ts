import type { ResolvedFunction } from "@sluice/core";
import { nodeMajor } from "./options.ts";

/** Node.js majors that Lambda has or had and that ES modules with top-level await run on. */
const NODE_MAJORS: readonly number[] = [18, 20, 22, 24];

/**
 * Runtimes that can run a bundle: the declared one alone; else every one from the Node.js major that the code was
 * compiled for on.
 */
export function bundleRuntimes(fn: ResolvedFunction): string[] {
  if (fn.runtimeDeclared) return [fn.runtime];
  const compiledFor = /^node(\d+)/.exec(fn.target ?? "")?.[1] ?? nodeMajor(fn.runtime);
  const majors = NODE_MAJORS.filter((major) => major >= Number(compiledFor));
  return [...new Set([fn.runtime, ...majors.map((major) => `nodejs${major}.x`)])];
}
