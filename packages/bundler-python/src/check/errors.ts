import { nearestOf, type SluiceError, usageError } from "@sluice/core";
import type { Fault } from "./fault.ts";
import type { Verdict } from "./job.ts";

const OFF = "To build without this check: importCheck: false.";

/** What a check says of a function: its configuration, its name, and the places of the sources that a fault came by. */
export interface Told {
  /** `functions.NAME`. */
  readonly where: string;
  readonly name: string;
  readonly handler: string;
  /** The likeliest to mend first. */
  readonly places: readonly string[];
}

function stackOf({ places }: Told): string {
  return places
    .slice(1)
    .map((place) => `\n  at ${place}`)
    .join("");
}

/** `variable`: the one that names `path`. */
export function interpreterUnfit(variable: string, path: string, minor: number): SluiceError {
  return usageError(
    "SLUICE_PYTHON_INTERPRETER_UNFIT",
    `${variable} names ${path}, which is not a CPython 3.${minor} that runs here.`,
    `Let ${variable} name the executable of a Python 3.${minor}, which is not free-threaded, or remove it.`,
    variable,
  );
}

export function syntaxInvalid(told: Told, { reason, hint }: Fault): SluiceError {
  return usageError(
    "SLUICE_PYTHON_SYNTAX_ERROR",
    `A module of function ${told.name} is not valid Python: ${reason}${stackOf(told)}`,
    hint,
    told.places[0] ?? told.where,
  );
}

export function moduleMissing(told: Told, { reason, hint }: Fault): SluiceError {
  return usageError(
    "SLUICE_PYTHON_MODULE_MISSING",
    `The handler of function ${told.name} does not load: a module that it imports is not in the package: ${reason}${stackOf(told)}`,
    `${hint} ${OFF}`,
    told.places[0] ?? told.where,
  );
}

export function libraryMissing(told: Told, { reason, hint }: Fault): SluiceError {
  return usageError(
    "SLUICE_PYTHON_LIBRARY_MISSING",
    `The handler of function ${told.name} does not load: a shared library is neither in the package nor in the runtime: ${reason}${stackOf(told)}`,
    `${hint} ${OFF}`,
    told.places[0] ?? told.where,
  );
}

export function importFailed(told: Told, { reason, hint }: Fault): SluiceError {
  return usageError(
    "SLUICE_PYTHON_IMPORT_FAILED",
    `The handler of function ${told.name} does not load from its package: ${reason}${stackOf(told)}`,
    `${hint} ${OFF}`,
    told.places[0] ?? told.where,
  );
}

/** `verdict`: what is there instead. */
export function handlerMissing(told: Told, verdict: Extract<Verdict, { kind: "missing" }>): SluiceError {
  const { name, module, callables, ofPython } = verdict;
  const nearest = nearestOf(name, callables);
  const others = callables.filter((each) => each !== nearest).slice(0, 8);
  const shown = [...(nearest === null ? [] : [nearest]), ...others];
  const message = ofPython
    ? `The handler ${told.handler} of function ${told.name} names the module ${module}, which is one of Python itself: it hides any other of that name.`
    : `The module ${module} of function ${told.name} has no ${name} once it is loaded. It has ${shown.length > 0 ? shown.join(", ") : "no functions"}.`;
  const hint = ofPython
    ? "Give the module another name, in its file and in handler."
    : `${nearest === null ? "Define the function" : `Did you mean ${nearest}? Define the function`} at the module's top level, or correct entry or handler.`;
  return usageError("SLUICE_PYTHON_HANDLER_MISSING", message, `${hint} ${OFF}`, told.places[0] ?? told.where);
}

/** `found`: the class of what is there instead. */
export function handlerNotCallable(told: Told, found: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_HANDLER_NOT_CALLABLE",
    `In function ${told.name}, ${told.handler} is of class ${found}, and cannot be called: Lambda could not, either.`,
    `Let handler name a function. ${OFF}`,
    told.where,
  );
}

/** `folder`: where temporary files go. */
export function checkFolderUnwritable(folder: string, cause: unknown): SluiceError {
  return usageError(
    "SLUICE_PYTHON_CHECK_FOLDER",
    `A package could not be unpacked for its import check: ${cause instanceof Error ? cause.message : String(cause)}`,
    `Free some space there, or let TMPDIR name a folder that can be written to. ${OFF}`,
    folder,
    cause,
  );
}
