import {
  type Artifact,
  isSluiceError,
  joinErrors,
  type PlanInput,
  type SluiceError,
  type Target,
} from "@sluice/core";
import { nameElsewhere, targetCollision } from "../errors.ts";
import { locate, placeOf, targetName } from "./names.ts";
import { accountOf } from "./observed.ts";

/** One artifact and one place for it. */
export interface Delivery {
  readonly target: Target;
  readonly artifact: Artifact;
}

/**
 * Every artifact × every region of the environment.
 *
 * @throws every problem with a name at once: SLUICE_NAME_…, SLUICE_TARGET_…
 */
export function deliveries(input: PlanInput, regions: readonly string[]): Delivery[] {
  return placed(input, input.artifacts, regions).map(({ target, item: artifact }) => ({ target, artifact }));
}

/** Something of a function of the configuration, and where the function is. */
export interface Placed<T> {
  readonly target: Target;
  readonly item: T;
}

/**
 * Everything × every region of the environment.
 *
 * @throws as {@link deliveries}
 */
export function placed<T extends { readonly function: string }>(
  input: Naming,
  items: readonly T[],
  regions: readonly string[],
): Placed<T>[] {
  const where = placeOf(input.environment);
  const found = new Map<string, Placed<T>>();
  const errors: SluiceError[] = [];
  for (const region of new Set(regions)) {
    for (const item of items) {
      try {
        const target = targetOf(input, item.function, region, where);
        const key = `${region}\n${locate(target, where).name}`;
        const other = found.get(key);
        if (other !== undefined) throw targetCollision(other.target, target, where);
        found.set(key, { target, item });
      } catch (error) {
        if (!isSluiceError(error)) throw error;
        errors.push(error);
      }
    }
  }
  const problem = joinErrors(unique(errors));
  if (problem !== undefined) throw problem;
  return [...found.values()];
}

/** What names of functions in AWS are made of. */
export type Naming = Pick<PlanInput, "environment" | "ref">;

function targetOf(input: Naming, functionName: string, region: string, where: string): Target {
  const { environment, ref } = input;
  const name = targetName(environment, functionName, ref.branch);
  const draft = {
    function: functionName,
    target: name,
    region,
    account: environment.account,
    alias: environment.alias,
  };
  const { account } = locate(draft, where);
  // The gate compares the environment's account with the credentials'; without one, the role's is known.
  const ofRole = environment.account === null ? accountOf(environment.role) : null;
  if (account !== null && ofRole !== null && account !== ofRole) {
    throw nameElsewhere(name, `the role's account ${ofRole}`, "role", where);
  }
  return { ...draft, account };
}

/** A template that is wrong is so for every function and region; once is enough. */
function unique(errors: readonly SluiceError[]): SluiceError[] {
  return [...new Map(errors.map((error) => [error.message, error])).values()];
}
