import { isSluiceError, type RunContext, resolveConfig } from "@sluice/core";
import { runFor } from "../session.ts";
import { findEntry } from "./entry.ts";

/**
 * The handler string that a function most likely has in AWS, by where its modules start from; `null` where that cannot be told.
 *
 * @param path - of the entry, relative to the repository's root
 * @param name - of the function in it
 */
export function likelyHandler(path: string, name: string, context: RunContext): string | null {
  // Without a handler string, the layout of the files alone decides.
  const given = { functions: { entry: { entry: path, handler: "" } } };
  const [fn] = resolveConfig(given, { file: null, root: context.cwd }).config.functions;
  if (fn === undefined) return null;
  try {
    const { module } = findEntry(runFor(fn, context));
    return module === "" ? null : `${module}.${name}`;
  } catch (error) {
    if (isSluiceError(error)) return null;
    throw error;
  }
}
