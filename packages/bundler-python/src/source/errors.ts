import { type SluiceError, usageError } from "@sluice/core";

export function entryNotFound(name: string, entry: string, nearby: readonly string[]): SluiceError {
  const isPath = entry.endsWith(".py");
  return usageError(
    "SLUICE_PYTHON_ENTRY_NOT_FOUND",
    isPath
      ? `The entry ${entry} of function ${name} does not exist.`
      : `The entry of function ${name} is the module ${entry}, which is not in the repository.`,
    nearby.length > 0
      ? `Did you mean ${nearby.join(" or ")}? A path is relative to the folder of the configuration file.`
      : isPath
        ? "Correct the path: it is relative to the folder of the configuration file."
        : "Modules are looked for in src, beside the configuration file, and where pyproject.toml says; or write the entry as a path, as src/orders/app.py.",
    `functions.${name}.entry`,
  );
}

export function entryNotAFile(name: string, entry: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_ENTRY_NOT_FOUND",
    `The entry ${entry} of function ${name} is not a file.`,
    "Name the module itself, as src/orders/app.py.",
    `functions.${name}.entry`,
  );
}

export function entryAmbiguous(name: string, entry: string, files: readonly string[]): SluiceError {
  return usageError(
    "SLUICE_PYTHON_ENTRY_AMBIGUOUS",
    `The entry of function ${name} is the module ${entry}, and several files have that name: ${files.join(", ")}.`,
    `Write the entry as a path: "${files[0] ?? entry}#function".`,
    `functions.${name}.entry`,
  );
}

export function entryNotImportable(name: string, entry: string, part: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_ENTRY_NOT_IMPORTABLE",
    `The entry ${entry} of function ${name} cannot be imported: "${part}" is no name of a module, since dots separate packages.`,
    `Rename it, as to ${part.replaceAll(".", "_")}.`,
    `functions.${name}.entry`,
  );
}

export function entryNotPython(name: string, entry: string, runtime: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_ENTRY_NOT_FOUND",
    `The entry ${entry} of function ${name} is no Python module, and the function's runtime is ${runtime}.`,
    "Name a .py file, or correct `runtime`.",
    `functions.${name}.entry`,
  );
}

/** A package at the top has no name that imports could use. */
export function entryNameless(name: string, entry: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_ENTRY_NOT_IMPORTABLE",
    `The entry ${entry} of function ${name} would stand at the top of the package, where no name leads to an __init__.py.`,
    "Rename it, as to app.py.",
    `functions.${name}.entry`,
  );
}

export function entryInUtf16(name: string, entry: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_SYNTAX_ERROR",
    `The entry of function ${name} is saved as UTF-16, which Python does not read.`,
    "Save it as UTF-8; PowerShell's `>` writes UTF-16.",
    entry,
  );
}

/** `wanted`: what stands after `#`, or after the colon. */
export function exportInvalid(name: string, entry: string, wanted: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_HANDLER_NOT_DEFINED",
    wanted === ""
      ? `The entry of function ${name} ends in # without a function's name.`
      : `The entry of function ${name} names "${wanted}", which is no name that a function can have.`,
    `Name the function in the entry: "${entry}#lambda_handler".`,
    `functions.${name}.entry`,
  );
}

export function handlerInvalid(name: string, handler: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_HANDLER_INVALID",
    `The handler "${handler}" of function ${name} is not a handler string of the Python runtime.`,
    "Write it as in AWS: a module, a dot and the function, as app.lambda_handler or api/orders.handler.",
    `functions.${name}.handler`,
  );
}

export function handlerBuiltin(name: string, handler: string, module: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_HANDLER_INVALID",
    `The handler "${handler}" of function ${name} names ${module}, which is a module of the interpreter itself: the runtime refuses it.`,
    "Give the function another handler in AWS, and here the same, as app.lambda_handler.",
    `functions.${name}.handler`,
  );
}

/** `found`: functions that the module has at its top. */
export function handlerNotDefined(
  name: string,
  entry: string,
  wanted: string,
  found: readonly string[],
): SluiceError {
  const [other] = found;
  return usageError(
    "SLUICE_PYTHON_HANDLER_NOT_DEFINED",
    `The entry of function ${name} has no "${wanted}".${found.length > 0 ? ` Its functions are ${found.join(", ")}.` : ""}`,
    other === undefined
      ? `Define it: def ${wanted}(event, context): …`
      : `Name the function in the entry: "${entry}#${other}".`,
    entry,
  );
}

export function handlerShadowed(name: string, handler: string, shadow: string, place: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_HANDLER_SHADOWED",
    `The handler "${handler}" of function ${name} is to be found in ${place}, but the package holds ${shadow}, which Python takes for it.`,
    "Rename your own module, or leave the file out; or give the function another handler, in AWS and here.",
    `functions.${name}.handler`,
  );
}

/** `shadow`: what the package holds in the entry's place. */
export function entryShadowed(name: string, entry: string, shadow: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_HANDLER_SHADOWED",
    `The entry of function ${name} stands in the package as ${entry}, but the package holds ${shadow}, too, which Python takes for it.`,
    "Rename one of the two.",
    `functions.${name}.entry`,
  );
}

/** The handler's module is the entry itself, with another function. */
export function handlerElsewhere(
  name: string,
  handler: string,
  wanted: string,
  found: string,
  entry: string,
): SluiceError {
  return usageError(
    "SLUICE_PYTHON_HANDLER_SHADOWED",
    `The handler "${handler}" of function ${name} calls ${wanted} of the entry itself, which has no such function; the entry's function is ${found}.`,
    `Name the function that is meant in both: "${entry}#${wanted}", or a handler that ends in .${found}, which it must be in AWS, too.`,
    `functions.${name}.handler`,
  );
}

export function importUnresolved(name: string, message: string, hint: string, where: string): SluiceError {
  return usageError(
    "SLUICE_PYTHON_IMPORT_UNRESOLVED",
    `${message} Function ${name} would fail as it starts.`,
    hint,
    where,
  );
}
