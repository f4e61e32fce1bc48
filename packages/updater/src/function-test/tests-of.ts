import type { Change, PlanInput, ResolvedTest } from "@sluice/core";

/** Without options: whatever is configured. */
type Given = Pick<PlanInput, "config" | "environment"> & Partial<Pick<PlanInput, "options">>;

const ownTests = ({ config }: Pick<PlanInput, "config">, name: string): readonly ResolvedTest[] =>
  config.functions.find((each) => each.name === name)?.tests ?? [];

const configured = ({ config, environment }: Given, name: string): readonly ResolvedTest[] =>
  environment.testsOff ? [] : [...ownTests({ config }, name), ...environment.tests];

/** What a function version has to pass in this run: the function's own tests, then those of the environment. */
export function testsOf(input: Given, name: string): readonly ResolvedTest[] {
  return input.options?.skipTest === true ? [] : configured(input, name);
}

/** Adds to a change's reason that the new version is tested, or that `--skip-test` leaves that out. */
export function withTestNote<C extends Pick<Change, "action" | "reason" | "target">>(
  change: C,
  input: Given,
): C {
  if (change.action !== "update" && change.action !== "move-alias") return change;
  const count = configured(input, change.target.function).length;
  if (count === 0) return change;
  const tests = count === 1 ? "1 test" : `${count} tests`;
  return { ...change, reason: `${change.reason}; ${input.options?.skipTest === true ? "untested" : tests}` };
}

/** Where the configuration has a test of a function: by its place in {@link testsOf}. */
export function placeOfTest({ config, environment }: Given, name: string, index: number): string {
  const own = ownTests({ config }, name).length;
  if (index < own) return `functions.${name}.test[${index}]`;
  return `environments.${environment.name}.test[${index - own}]`;
}
