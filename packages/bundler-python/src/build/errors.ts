import { type SluiceError, usageError } from "@sluice/core";
import type { PythonRun } from "../run.ts";

export const buildErrors = {
  /** `built`: what the file is, in words that go on after `is`; `owner`: the package that brings it, `null` for an own file. */
  machineMisfit: (run: PythonRun, path: string, owner: string | null, built: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_MACHINE_CODE",
      `${path}${owner === null ? "" : `, of ${owner},`} is ${built}; the function runs on ${run.fn.architecture}.`,
      owner === null
        ? "Build it for Linux on that architecture, or correct `architecture`."
        : "Take a version of the package that has a wheel for the function's machine, or build one into a folder and name that in `python.findLinks`.",
      run.where,
    ),
  fileClash: (run: PythonRun, path: string, owner: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_FILE_CLASH",
      `${path} is a file of your own and one of ${owner}: one zip cannot hold both.`,
      "Rename your module, or give the asset another place with { from, to }.",
      run.where,
    ),
  empty: (run: PythonRun, path: string): SluiceError =>
    usageError(
      "SLUICE_PYTHON_PROJECT_EMPTY",
      `The project in ${path} was built, and its wheel holds nothing to pack.`,
      "Check which packages its pyproject.toml has packed.",
      run.where,
    ),
};
