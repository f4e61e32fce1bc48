import { type SluiceError, usageError } from "@sluice/core";
import type { PythonRun } from "../run.ts";

/** `python.compiled` needs an interpreter that this machine does not have. */
export function compiledNeedsPython({ where, target }: PythonRun): SluiceError {
  const { minor } = target;
  return usageError(
    "SLUICE_PYTHON_COMPILED_NEEDS_PYTHON",
    `python.compiled needs Python 3.${minor}, whose compiled modules another version cannot load, and there is none on this machine.`,
    `Install it (as by \`uv python install 3.${minor}\`), let SLUICE_PYTHON_3_${minor} name its executable, or leave out \`compiled\`.`,
    `${where}.python.compiled`,
  );
}

/**
 * @param path - of the module that was compiled when Python ended; `null` when it could not even begin
 * @param end - as `exit code 1: MemoryError`
 */
export function compileFailed(
  { where }: PythonRun,
  python: string,
  path: string | null,
  end: string,
): SluiceError {
  const module = path === null ? "" : ` while it compiled ${path}`;
  return usageError(
    "SLUICE_PYTHON_COMPILE_FAILED",
    `${python} ended${module}: ${end}`,
    "Check that this Python works and that there is memory left, or leave out `compiled`.",
    `${where}.python.compiled`,
  );
}
