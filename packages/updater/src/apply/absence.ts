import { isSluiceError } from "@sluice/core";
import { failureClass } from "../call.ts";
import { functionVanished, versionVanished } from "../errors.ts";
import { getFunction } from "../plan/read-function.ts";
import type { Landed, TargetRun } from "./target-run.ts";

/**
 * What ResourceNotFoundException in the midst of a change means. It may be about a function version or an alias: the function
 * is absent only when an unqualified GetFunction says so, and `absent` is the outcome only when nothing was written.
 *
 * @throws SLUICE_VERSION_VANISHED, SLUICE_FUNCTION_VANISHED; other errors as they are
 */
export async function explainAbsence(run: TargetRun, error: unknown): Promise<Landed> {
  if (!isSluiceError(error) || failureClass(error) !== "absent") throw error;
  if (await isThere(run, error)) throw versionVanished(run.target, error);
  if (run.trace.written) throw functionVanished(run.target);
  return { outcome: "absent", version: run.previousVersion, reason: "deleted during this run", error: null };
}

async function isThere(run: TargetRun, error: unknown): Promise<boolean> {
  try {
    await getFunction(run);
    return true;
  } catch (second) {
    if (failureClass(second) === "absent") return false;
    // Not known: then the first error stands, as a failure.
    throw error;
  }
}
