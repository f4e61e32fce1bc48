import type { Combination } from "./combination.ts";
import { FAULT_KINDS, type FaultKind } from "./kinds.ts";

/** As the second line of a column's head. */
const SHORT: Readonly<Record<FaultKind, string>> = {
  "429": "429",
  "500": "500",
  "503": "503",
  "reset before": "rst<",
  "reset after": "rst>",
  late: "late",
  "no answer": "mute",
  cut: "cut",
  "line dead": "dead",
  "kill before": "kil<",
  "kill after": "kil>",
};

function cell(found: readonly Combination[]): string {
  const [one] = found;
  if (one === undefined) return "·";
  if (one.problems.length > 0) return "✗";
  if (!one.struck) return "–";
  return one.exitCode === null ? "✓" : `✓${one.exitCode}`;
}

/**
 * A table of calls × faults: ✓ with the exit code of the run with the fault, ✗ where the next run did not converge, – where the call
 * was not made in that run, · where it was not tried.
 */
export function matrix(title: string, combinations: readonly Combination[]): string {
  const calls = [...new Set(combinations.map(({ at }) => at))];
  const width = Math.max(...calls.map((each) => each.length), title.length) + 2;
  const head = `${title.padEnd(width)}${FAULT_KINDS.map((kind) => SHORT[kind].padEnd(5)).join("")}`;
  const rows = calls.map((at) => {
    const cells = FAULT_KINDS.map((kind) =>
      cell(combinations.filter((each) => each.at === at && each.kind === kind)).padEnd(5),
    );
    return `${at.padEnd(width)}${cells.join("")}`;
  });
  const bad = combinations.filter(({ problems }) => problems.length > 0).length;
  const struck = combinations.filter((each) => each.struck).length;
  const sum = `${combinations.length} combinations, ${struck} struck, ${bad} did not converge`;
  return [head, ...rows, sum].map((line) => line.trimEnd()).join("\n");
}
