import { isSluiceError, type RunContext, resolveConfig } from "@sluice/core";
import { runFor } from "../session.ts";
import { findEntry } from "./entry.ts";

/** See `likelyHandler` in `late.ts`. */
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
