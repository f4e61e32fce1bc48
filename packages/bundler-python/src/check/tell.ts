import { isAbsolute, relative, sep } from "node:path";
import { joinErrors, type SluiceError } from "@sluice/core";
import type { PythonRun } from "../run.ts";
import type { CheckOptions } from "./check-options.ts";
import {
  handlerMissing,
  handlerNotCallable,
  importFailed,
  libraryMissing,
  moduleMissing,
  syntaxInvalid,
  type Told,
} from "./errors.ts";
import { type Fault, faultOf } from "./fault.ts";
import type { Failure } from "./job.ts";
import type { CheckScene, Outcome } from "./judge.ts";
import { placesOf } from "./places.ts";

const MADE_UP = 4;

const ERRORS: Readonly<Record<Fault["kind"], (told: Told, fault: Fault) => SluiceError>> = {
  syntax: syntaxInvalid,
  module: moduleMissing,
  library: libraryMissing,
  import: importFailed,
};

/** Paths in the repository, relative to its root however they were given. */
function sourcesOf({ root }: PythonRun, { sources }: CheckOptions): ReadonlyMap<string, string> {
  const shown = (path: string): string =>
    isAbsolute(path) ? relative(root, path).replaceAll(sep, "/") : path;
  return new Map([...sources].map(([to, from]) => [to, shown(from)]));
}

function toldOf(run: PythonRun, options: CheckOptions, places: Fault["places"]): Told {
  const { name } = run.fn;
  return {
    where: run.where,
    name,
    handler: options.handler,
    places: placesOf(places, sourcesOf(run, options)),
  };
}

/**
 * Errors for own files that do not compile.
 *
 * @param isLoaded - whether the handler loads without them
 */
export function syntaxErrors(
  run: PythonRun,
  options: CheckOptions,
  failures: readonly Failure[],
  scene: CheckScene,
  isLoaded: boolean,
): SluiceError[] {
  return failures.flatMap((failure) => {
    const fault = faultOf(failure, { ...scene, altered: false }, scene.root);
    if (fault === null) return [];
    const reach = isLoaded ? " Nothing imported it yet, but something may." : "";
    const hint = `${fault.hint}${reach} To pack it as it is: importCheck: false.`;
    return [ERRORS[fault.kind](toldOf(run, options, fault.places), { ...fault, hint })];
  });
}

/** A package's module is not to be corrected where it stands. */
function withHint(run: PythonRun, options: CheckOptions, fault: Fault): Fault {
  const file = fault.places.at(-1)?.file ?? "";
  if (fault.kind !== "syntax" || options.sources.has(file)) return fault;
  return { ...fault, hint: `Take a version of the package that is for Python 3.${run.target.minor}.` };
}

function errorOf(run: PythonRun, options: CheckOptions, outcome: Outcome): SluiceError | null {
  switch (outcome.kind) {
    case "fault": {
      const fault = withHint(run, options, outcome.fault);
      return ERRORS[fault.kind](toldOf(run, options, fault.places), fault);
    }
    case "missing": {
      const places = outcome.file === null ? [] : [{ file: outcome.file, line: 1 }];
      return handlerMissing(toldOf(run, options, places), outcome);
    }
    case "value":
      return handlerNotCallable(toldOf(run, options, []), outcome.found);
    default:
      return null;
  }
}

function madeUp(name: string, variables: readonly string[], reason: string): string {
  const shown = variables.slice(0, MADE_UP);
  const more = variables.length > shown.length ? ` (of ${variables.length} that it asks for)` : "";
  const env = shown.map((each) => `${each}: "…"`).join(", ");
  return `${name}: the import check had to make up environment variables. Without them, ${reason}. Give it those that matter${more}: importCheck: { env: { ${env} } }.`;
}

/** Whether a file that does not compile is what kept the handler from loading. */
function isSame(one: SluiceError, other: SluiceError | null): boolean {
  const [first] = one.problems;
  return other?.problems.some(({ code, where }) => code === first.code && where === first.where) === true;
}

/** Says what came of a check in notices, or throws. `syntax`: errors of own files besides. */
export function tell(
  run: PythonRun,
  options: CheckOptions,
  outcome: Outcome,
  syntax: readonly SluiceError[],
): void {
  const { context, fn } = run;
  const error = errorOf(run, options, outcome);
  const joined = joinErrors([
    ...(error === null ? [] : [error]),
    ...syntax.filter((each) => !isSame(each, error)),
  ]);
  if (joined !== undefined) throw joined;
  const notice = (message: string): void => context.emit({ type: "notice", message });
  if (outcome.kind === "unproved") notice(`${fn.name}: the import check proves nothing: ${outcome.reason}.`);
  if (outcome.kind !== "proved") return;
  const stubbed = outcome.stubbed.length > 0 ? ` with stubs for ${outcome.stubbed.join(", ")}` : "";
  context.log.debug(`${fn.name}: ${options.handler} loads from its package${stubbed}`);
  if (outcome.needs !== null) notice(madeUp(fn.name, outcome.needs.variables, outcome.needs.reason));
}
