import type { Architecture } from "@sluice/core";
import type { Result } from "../result.ts";
import { attempt, skippedFor, type Trial } from "./attempt.ts";
import type { PythonFunction } from "./find-functions.ts";
import { inService } from "./runtimes.ts";

/** One after another, as who reads the hints would. */
const MOST_PROVIDED = 12;

/** What no layer is there for: it left Python. */
const OF_PYTHON = /^(?:asynchat|asyncore|distutils|imp|pkg_resources|setuptools)$/;

const HERE: Architecture = process.arch === "arm64" ? "arm64" : "x86_64";

/** The same with the module named as a layer's that the hint asks for, where the repository attaches layers. */
function withLayers(trial: Trial, { code, hint, reason }: Result): Trial | null {
  if (!trial.fn.layered || !/_(?:IMPORT_UNRESOLVED|MODULE_MISSING)$/.test(code ?? "")) return null;
  const module = /provided: \["([^"]+)"\]/.exec(hint)?.[1] ?? /No module named '(\w+)/.exec(reason)?.[1];
  const isNew = module !== undefined && !OF_PYTHON.test(module) && !trial.provided.includes(module);
  return isNew && trial.provided.length < MOST_PROVIDED
    ? { ...trial, provided: [...trial.provided, module] }
    : null;
}

/** What this machine can load, where it cannot load what was bundled. */
function loadable(trial: Trial, { reason }: Result): Trial | null {
  const why = skippedFor(reason);
  if (why === null) return null;
  return { ...trial, runtime: /no Python 3/.test(why) ? inService(null) : trial.runtime, architecture: HERE };
}

/** The declared runtime, where the one that has taken its place may be the reason. */
function asDeclared(trial: Trial, { outcome }: Result): Trial | null {
  const { declaredRuntime } = trial.fn;
  const isAnother = declaredRuntime !== null && declaredRuntime !== trial.runtime;
  return outcome === "failed" && isAnother ? { ...trial, runtime: declaredRuntime } : null;
}

/** What another attempt tells of a result that is not to be counted by it. */
function explained(result: Result, other: Trial, second: Result): Result {
  const shown = `${other.runtime} on ${other.architecture}`;
  const reason = `${result.reason} As ${shown}: ${second.code === null ? "bundled" : second.reason}`;
  if (result.cause === null) return result;
  if (result.outcome === "unproved") {
    if (second.outcome !== "passed") return { ...second, runtime: result.runtime, reason };
    return {
      ...result,
      reason,
      cause: { ...result.cause, name: `${result.cause.name}, but loads ${shown}` },
    };
  }
  if (second.outcome === "failed")
    return { ...result, reason, cause: second.cause?.owner === "project" ? second.cause : result.cause };
  const name = "fits its own runtime alone, which is out of service";
  return { ...result, reason, cause: { owner: "project", name } };
}

/**
 * Bundles and import-checks the functions of one folder, each for the runtime and architecture that it declares, or the nearest in
 * service. What an attempt leaves open is tried once more: with what layers have left to them, as what this machine can load, and for
 * the runtime that is out of service.
 */
export async function tryFunctions(
  corpus: string,
  root: string,
  functions: readonly PythonFunction[],
): Promise<readonly Result[]> {
  const trials = functions.map((fn): Trial => {
    const { architecture, declaredRuntime } = fn;
    return { fn, runtime: inService(declaredRuntime), architecture, provided: [] };
  });
  const firsts = await attempt(corpus, root, trials);
  const results: Result[] = [];
  for (const [index, first] of firsts.entries()) {
    let trial = trials[index] as Trial;
    let result = first;
    const again = async (next: Trial): Promise<Result> => (await attempt(corpus, root, [next]))[0] as Result;
    for (let next = withLayers(trial, result); next !== null; next = withLayers(trial, result)) {
      trial = next;
      result = await again(next);
    }
    const other = loadable(trial, result) ?? asDeclared(trial, result);
    if (other !== null) result = explained(result, other, await again(other));
    results.push(result);
  }
  return results;
}
