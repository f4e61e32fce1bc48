import type { ResolvedFunction, RunContext } from "@sluice/core";
import type { PythonTools } from "./examine/examine-tools.ts";

// What is asked seldom: whoever bundles does not wait until it is loaded.

/**
 * The handler string that a function most likely has in AWS, by where its modules start from; `null` where that cannot be told.
 *
 * @param path - of the entry, relative to the repository's root
 * @param name - of the function in it
 */
export async function likelyHandler(path: string, name: string, context: RunContext): Promise<string | null> {
  const late = await import("./source/likely-handler.ts");
  return late.likelyHandler(path, name, context);
}

/**
 * Looks at what bundling these functions takes of this machine: the runtimes' Pythons, the resolver, the package index. Installs and
 * writes nothing.
 *
 * @returns `null` when none of the functions is a Python module
 */
export async function examineTools(
  functions: readonly ResolvedFunction[],
  context: RunContext,
): Promise<PythonTools | null> {
  const late = await import("./examine/examine-tools.ts");
  return late.examineTools(functions, context);
}
