import { FAULT_KINDS, type FaultKind } from "./kinds.ts";
import type { Scenario } from "./scenario.ts";
import type { CallName, FaultPlan } from "./station.ts";

/** How much is tried: what `npm test` has time for, all, or what another one's idea of AWS is asked for. */
export type Extent = "short" | "full" | "second opinion";

/** Retried and found, given up, and cut off with nobody told: what of all kinds reads differ by. */
const FEW: readonly FaultKind[] = ["cut", "line dead", "kill after"];

/** Carried out or not, and what comes of it next: on this players of AWS may differ. */
const SECOND_OPINION: readonly FaultKind[] = ["429", "reset after", "kill after"];

const isRead = (call: CallName): boolean => /^(Get|List|Head)/.test(call);

/** As `GetObject 3`: a read like others before in the same run. */
const isRepeated = (call: CallName): boolean => isRead(call) && !call.endsWith(" 1");

/** A store, a history and several functions make many reads of the same name. */
const hasManyReads = ({ bucket, functions }: Scenario): boolean => bucket || functions.length > 1;

function kindsAt(scenario: Scenario, at: CallName, extent: Extent): readonly FaultKind[] {
  if (extent === "second opinion") return isRepeated(at) ? [] : SECOND_OPINION;
  if (extent === "short") return isRead(at) ? FEW : FAULT_KINDS;
  return hasManyReads(scenario) && isRepeated(at) ? FEW : FAULT_KINDS;
}

/**
 * The faults that are tried at the calls of a scenario: every fault at every call. What is left out so that all of it takes a
 * quarter of an hour: at reads that are like others before in the same run all but three kinds, where there are many of them; and
 * with a second player of AWS all but what players may differ in.
 */
export function plansOf(
  scenario: Scenario,
  calls: readonly CallName[],
  extent: Extent,
): readonly FaultPlan[] {
  return calls.flatMap((at) => kindsAt(scenario, at, extent).map((kind) => ({ at, kind })));
}
