import { type SluiceError, usageError } from "@sluice/core";
import { buildHint } from "./node/hints.ts";

/** A place in a source file, line and column counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

export function handlerInvalid(name: string, handler: string): SluiceError {
  return usageError(
    "SLUICE_HANDLER_INVALID",
    `The handler "${handler}" of function ${name} is not a handler string of the Node.js runtime.`,
    "Write it as in AWS: a path without extension, a dot and the exported name, as index.handler or api/orders.handler.",
    `functions.${name}.handler`,
  );
}

export function entryNotFound(name: string, entry: string, nearby: readonly string[]): SluiceError {
  return usageError(
    "SLUICE_ENTRY_NOT_FOUND",
    `The entry ${entry} of function ${name} does not exist.`,
    nearby.length > 0
      ? `Did you mean ${nearby.join(" or ")}? The path is relative to the folder of the configuration file.`
      : "Correct the path: it is relative to the folder of the configuration file.",
    `functions.${name}.entry`,
  );
}

export function entryNotAFile(name: string, entry: string): SluiceError {
  return usageError(
    "SLUICE_ENTRY_NOT_FOUND",
    `The entry ${entry} of function ${name} is not a file.`,
    "Name the module itself, as src/orders/index.ts; a folder is taken only as a ready deployment package.",
    `functions.${name}.entry`,
  );
}

/** `found`: the names that are exported, `null` when they are not known. */
export function handlerNotExported(
  name: string,
  entry: string,
  wanted: string,
  found: readonly string[] | null,
): SluiceError {
  const exists = found === null ? "" : ` It exports ${found.length > 0 ? found.join(", ") : "nothing"}.`;
  const other = found?.find((name) => name !== "default");
  const exportIt = `Export the handler: export const ${wanted} = async (event) => { … }.`;
  const named = other === undefined ? "" : ` Or name another export: "${entry}#${other}".`;
  const isDefault = other === undefined && found?.includes("default");
  const byDefault = isDefault ? ` If the default export is the function itself: "${entry}#default".` : "";
  return usageError(
    "SLUICE_HANDLER_NOT_EXPORTED",
    `The entry of function ${name} does not export "${wanted}".${exists}`,
    exportIt + named + byDefault,
    entry,
  );
}

export function handlerNotFunction(name: string, entry: string, wanted: string): SluiceError {
  return usageError(
    "SLUICE_HANDLER_NOT_A_FUNCTION",
    `The export "${wanted}" in the entry of function ${name} is a value, not a function: Lambda could not call it.`,
    wanted === "default"
      ? "Export the function itself: export const handler = async (event) => { … }, and leave #default out."
      : `Export a function: export const ${wanted} = async (event) => { … }.`,
    entry,
  );
}

export function syntaxError(name: string, text: string, place: Place): SluiceError {
  return usageError(
    "SLUICE_SYNTAX_ERROR",
    `${name}: ${text}`,
    "Correct the source at this place.",
    formatPlace(place),
  );
}

export function buildFailed(name: string, text: string, place: Place | null, cause?: unknown): SluiceError {
  return usageError(
    "SLUICE_BUILD_FAILED",
    `${name}: ${text}`,
    buildHint(text),
    place === null ? undefined : formatPlace(place),
    cause,
  );
}

export function esbuildUnavailable(cause: unknown): SluiceError {
  const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  return usageError(
    "SLUICE_ESBUILD_UNAVAILABLE",
    `esbuild does not run on this machine: ${reason}`,
    "Install anew on this machine, with optional dependencies: esbuild's binary comes as one for each platform.",
    undefined,
    cause,
  );
}

export function importUnresolved(
  name: string,
  specifier: string,
  chain: readonly string[],
  place: Place | null,
  why: { readonly reason: string; readonly hint: string },
): SluiceError {
  const path = chain.length > 1 ? ` Imported through ${chain.join(" → ")}.` : "";
  const reason = why.reason === "" ? "" : ` ${why.reason}`;
  return usageError(
    "SLUICE_IMPORT_UNRESOLVED",
    `${name}: Could not resolve "${specifier}".${reason}${path}`,
    why.hint,
    place === null ? undefined : formatPlace(place),
  );
}

export function esbuildOptionOwned(name: string, key: string, instead: string): SluiceError {
  return usageError(
    "SLUICE_ESBUILD_OPTION_OWNED",
    `The esbuild option ${key} of function ${name} is set by Sluice and cannot be given.`,
    instead,
    `functions.${name}.esbuild.${key}`,
  );
}

export function handlerShadowed(name: string, shadow: string, file: string): SluiceError {
  return usageError(
    "SLUICE_HANDLER_SHADOWED",
    `The package of function ${name} holds ${shadow}, which the Node.js runtime loads instead of ${file}.`,
    "Give that asset another place with { from, to }, or leave it out.",
    `functions.${name}.assets`,
  );
}
