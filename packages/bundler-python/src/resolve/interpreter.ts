import { findPython } from "../check/find-python.ts";
import type { PythonRun } from "../run.ts";
import { hostPython } from "../uv/python.ts";

/**
 * Which interpreter uv runs to build a project that has to be asked for its requirements: the target's own where this machine has it.
 * Without being told, uv 0.13 asks every `python3.*` on the PATH for one with just the version that it resolves for. Of pyenv's shims
 * each starts several processes (122 in all, measured), and no answer of them is remembered.
 */
export async function interpreterOptions({ context, target }: PythonRun): Promise<readonly string[]> {
  const fitting = await findPython({ env: context.env, signal: context.signal, minor: target.minor });
  const python = fitting ?? (await hostPython(context));
  return python === null ? [] : ["--python", python.path];
}
