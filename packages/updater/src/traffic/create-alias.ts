import { describe } from "../apply/describe.ts";
import { type Landed, type TargetRun, updatedTo } from "../apply/target-run.ts";
import { call, failureClass, wasRefused } from "../call.ts";
import { targetConflict } from "../errors.ts";
import type { ObservedAlias } from "../plan/observed.ts";
import { getAlias, isThere, writeAlias } from "./alias.ts";
import { aliasTaken } from "./errors.ts";

/** Whether a missing alias is to be created: the environment or `--create-alias` says so. */
export function wantsAlias({ target, input }: Pick<TargetRun, "target" | "input">): boolean {
  return target.alias !== null && (input.environment.createAlias || input.options.createAlias === true);
}

/**
 * CreateAlias on a function version that is ready. Who finds an alias there looks whether it is this run's own, whose answer was
 * lost; one on a deleted function version, which reads as none, is moved.
 *
 * @throws SLUICE_TARGET_CONFLICT when another created it on another version
 */
export async function createAlias(run: TargetRun, version: string): Promise<Landed> {
  const { alias } = run.target;
  const description = describe(run.artifact.manifest);
  const input = {
    FunctionName: run.target.target,
    Name: alias ?? "",
    FunctionVersion: version,
    Description: description,
  };
  run.step(`creating alias ${alias} on ${version}`);
  try {
    await call(run, "CreateAlias", (lambda, calls) => lambda.createAlias(input, calls));
    return updatedTo(version, `alias ${alias} was created`);
  } catch (error) {
    const now = await foundAfter(run, version, error);
    if (now.version === version) return updatedTo(version, `alias ${alias} was created`);
    if (await isThere(run, now.version))
      throw targetConflict(run.target, aliasTaken(run.target, now.version));
    await writeAlias(run, now, { version, weights: null, description });
    return updatedTo(version, `alias ${alias} stood on version ${now.version}, which does not exist`);
  }
}

async function foundAfter(run: TargetRun, version: string, error: unknown): Promise<ObservedAlias> {
  const kind = failureClass(error);
  if (!wasRefused(error) && kind !== "service" && kind !== "unreachable") throw error;
  try {
    return await getAlias(run, version);
  } catch {
    throw error;
  }
}
