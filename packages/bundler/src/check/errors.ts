import { type ResolvedFunction, type SluiceError, usageError } from "@sluice/core";
import type { Fault } from "./fault.ts";

const OFF = "To build without this check: importCheck: false.";

/** `places`: where it happened, in the sources. */
export function importCheckFailed(name: string, fault: Fault, places: readonly string[]): SluiceError {
  const [where = `functions.${name}`, ...others] = places;
  const stack = others.length > 0 ? `\n${others.map((place) => `  at ${place}`).join("\n")}` : "";
  return usageError(
    "SLUICE_IMPORT_CHECK_FAILED",
    `The handler of function ${name} does not load from the finished zip: ${fault.reason}${stack}`,
    `${fault.hint} ${OFF}`,
    where,
  );
}

/** `exports`: what the handler's module in the zip exports. */
export function handlerAbsent(fn: ResolvedFunction, exports: readonly string[]): SluiceError {
  return usageError(
    "SLUICE_HANDLER_NOT_EXPORTED",
    `The finished zip of function ${fn.name} has nothing at ${fn.handler}, once its module is loaded. It exports ${exports.length > 0 ? exports.join(", ") : "nothing"}.`,
    `Export the handler, or correct entry or handler. ${OFF}`,
    `functions.${fn.name}`,
  );
}

/** `found`: what it is instead. */
export function handlerNoFunction(fn: ResolvedFunction, found: string): SluiceError {
  return usageError(
    "SLUICE_HANDLER_NOT_A_FUNCTION",
    `In the finished zip of function ${fn.name}, ${fn.handler} is of type ${found}, not a function: Lambda could not call it.`,
    `Export the function itself. ${OFF}`,
    `functions.${fn.name}`,
  );
}

/** `folder`: where temporary files go. */
export function checkFolderUnwritable(folder: string, cause: unknown): SluiceError {
  return usageError(
    "SLUICE_CHECK_FOLDER_UNWRITABLE",
    `A package could not be unpacked for its import check: ${cause instanceof Error ? cause.message : String(cause)}`,
    `Free some space there, or let TMPDIR name a folder that can be written to. ${OFF}`,
    folder,
    cause,
  );
}
