import { type ResolvedFunction, type SluiceError, usageError } from "@sluice/core";

export function folderEmpty(name: string, entry: string): SluiceError {
  return usageError(
    "SLUICE_FOLDER_EMPTY",
    `The folder ${entry} of function ${name} holds nothing to pack.`,
    "Build it first, or give the function a command that does.",
    `functions.${name}.entry`,
  );
}

export function commandFailed(
  name: string,
  command: string,
  exit: string,
  output: readonly string[],
): SluiceError {
  const tail = output.length > 0 ? ` Its last lines:\n${output.map((line) => `  ${line}`).join("\n")}` : "";
  return usageError(
    "SLUICE_COMMAND_FAILED",
    `The build command of function ${name} failed with ${exit}: ${command}.${tail}`,
    "Run it in the repository's root to see all; --log-level debug shows its whole output.",
    `functions.${name}.command`,
  );
}

export function inputsNotFound(name: string, inputs: readonly string[]): SluiceError {
  return usageError(
    "SLUICE_INPUTS_NOT_FOUND",
    `The inputs of function ${name} match no file: ${inputs.join(", ")}.`,
    "Correct the globs, relative to the configuration's folder, or leave inputs out to run the command every time.",
    `functions.${name}.inputs`,
  );
}

export function commandOutputMissing(name: string, entry: string, command: string): SluiceError {
  return usageError(
    "SLUICE_COMMAND_OUTPUT_MISSING",
    `The build command of function ${name} succeeded, but ${entry} does not exist: ${command}.`,
    "Set entry to the folder, zip or file that the command makes, relative to the configuration's folder.",
    `functions.${name}.entry`,
  );
}

export function assetsOfZip(name: string, entry: string): SluiceError {
  return usageError(
    "SLUICE_ZIP_TAKES_NO_ASSETS",
    `Function ${name} has assets, but ${entry} is a ready zip, which is taken as it is.`,
    "Put them into the zip, or name its folder instead. Where assets stand for all functions, give this one assets: [].",
    `functions.${name}.assets`,
  );
}

/** `places`: the files of which one should be there. */
export function handlerMissing(fn: ResolvedFunction, places: readonly string[]): SluiceError {
  return usageError(
    "SLUICE_HANDLER_MISSING",
    `The package of function ${fn.name} holds no ${places.join(", no ")}: nothing that ${fn.runtime} could start as ${fn.handler}.`,
    "Correct handler or what is packed, which begins at the top of the folder or zip. Where a layer brings it, leave runtime out.",
    `functions.${fn.name}.entry`,
  );
}

export function bootstrapMissing(fn: ResolvedFunction): SluiceError {
  return usageError(
    "SLUICE_HANDLER_MISSING",
    `The package of function ${fn.name} holds no bootstrap at its top, which ${fn.runtime} starts.`,
    "Name the executable bootstrap, or name it alone as entry. Where a layer brings it, leave runtime out.",
    `functions.${fn.name}.entry`,
  );
}

export function bootstrapNotExecutable(fn: ResolvedFunction): SluiceError {
  return usageError(
    "SLUICE_BOOTSTRAP_NOT_EXECUTABLE",
    `The bootstrap in ${fn.entry} of function ${fn.name} is not executable: Lambda would be denied to start it.`,
    "Make the zip with mode 0755 (chmod +x bootstrap before zipping; zips of Windows have no modes), or give the folder as entry: it is packed so.",
    `functions.${fn.name}.entry`,
  );
}
