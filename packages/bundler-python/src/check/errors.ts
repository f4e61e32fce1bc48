import type { SluiceError } from "@sluice/core";
import { usage } from "../errors.ts";

/** `variable`: the one that names `path`. */
export function interpreterUnfit(variable: string, path: string, minor: number): SluiceError {
  return usage(
    "SLUICE_PYTHON_INTERPRETER_UNFIT",
    `${variable} names ${path}, which is not a CPython 3.${minor} that runs here.`,
    `Let ${variable} name the executable of a Python 3.${minor}, which is not free-threaded, or remove it.`,
    variable,
  );
}
