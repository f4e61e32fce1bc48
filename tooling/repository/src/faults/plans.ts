import { FAULT_KINDS, type FaultKind } from "./kinds.ts";
import type { Scenario } from "./scenario.ts";
import type { CallName, FaultPlan } from "./station.ts";

/** Each stands for those that look the same to the process: refused, cut off with nobody knowing, gone for good, killed. */
const FEW: readonly FaultKind[] = ["cut", "line dead", "kill after"];

/** Enough for another one's idea of AWS: what answers, and what does not. */
const SECOND_OPINION: readonly FaultKind[] = ["429", "reset after", "late", "cut", "line dead", "kill after"];

const isRead = (call: CallName): boolean => /^(Get|List|Head)/.test(call);

/** As `GetObject 3`: a read as there were others before in the same run. */
const isRepeated = (call: CallName): boolean => isRead(call) && !call.endsWith(" 1");

/**
 * The faults that are tried at the calls of a scenario. Every fault at every call; but where much came before what is tried, which takes
 * three runs of the command and more for each combination, reads that come again meet with three kinds alone: of all others the first
 * read of that name tells.
 */
export function plansOf(
  { before }: Scenario,
  calls: readonly CallName[],
  secondOpinion: boolean,
): readonly FaultPlan[] {
  return calls.flatMap((at) => {
    const usual = secondOpinion ? SECOND_OPINION : FAULT_KINDS;
    const kinds = before !== undefined && isRepeated(at) ? FEW : usual;
    return kinds.map((kind) => ({ at, kind }));
  });
}
