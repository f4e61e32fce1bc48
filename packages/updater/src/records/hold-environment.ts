import type { AcquireOptions, Lease, LeaseHolder } from "@sluice/artifact";
import { openAws, resolveRegions } from "@sluice/aws";
import type { PlanInput, RunContext } from "@sluice/core";
import { deploymentsOf } from "../code/package-code.ts";
import type { Door } from "../settings.ts";
import { holderName } from "./actor.ts";

type Place = Pick<PlanInput, "config" | "environment">;

/**
 * Takes the lease of an environment, in the store of the first of its regions by name, so that all who deploy there ask in the same
 * place. `null` where the environment has no store, or none wanted: then nobody is kept out, and RevisionIds alone tell of races.
 *
 * @throws `SLUICE_LEASE_HELD`, and errors of the store
 */
export async function holdEnvironment(
  input: Place,
  context: RunContext,
  command: string,
  options: AcquireOptions,
  door: Door = { openAws, resolveRegions },
): Promise<Lease | null> {
  const lease = input.environment.lease ? await leaseOf(input, context, door) : null;
  return lease?.acquire(holderName(context, command), { signal: context.signal, ...options }) ?? null;
}

/** Who holds an environment now; `null` when nobody does, or nobody can. */
export async function environmentHolder(
  input: Place,
  context: RunContext,
  door: Door = { openAws, resolveRegions },
): Promise<LeaseHolder | null> {
  return (await (await leaseOf(input, context, door))?.show()) ?? null;
}

async function leaseOf({ config, environment }: Place, context: RunContext, door: Door) {
  if (environment.store === null) return null;
  const [region] = [...(await door.resolveRegions(context, environment))].sort();
  if (region === undefined) return null;
  const { profile, role } = environment;
  const aws = door.openAws(context, { region, profile, role });
  return deploymentsOf({ config, environment }, aws)?.lease(environment.name) ?? null;
}
