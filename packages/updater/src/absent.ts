import { type Change, joinErrors, type SluiceError } from "@sluice/core";
import { functionAbsent } from "./errors.ts";

/** For `--require-existing`: one error for all absent functions of a plan, `undefined` when there is none. */
export function absentProblem(changes: readonly Change[]): SluiceError | undefined {
  return joinErrors(changes.filter((change) => change.action === "absent").map(functionAbsent));
}
