import type { Deployments } from "@sluice/artifact";
import type { Aws } from "@sluice/aws";
import { inAccounts, type ResolvedConfig, type ResolvedEnvironment, type RunContext } from "@sluice/core";
import { deploymentsOf } from "../code/package-code.ts";
import type { Door } from "../settings.ts";

/** One account and region of an environment. */
export interface Place {
  readonly environment: ResolvedEnvironment;
  readonly aws: Aws;
}

/** Every account × every region of an environment. */
export async function placesOf(
  environment: ResolvedEnvironment,
  context: RunContext,
  door: Door,
): Promise<readonly Place[]> {
  const accounts = await Promise.all(
    inAccounts(environment).map(async (each) => {
      const regions = [...new Set(await door.resolveRegions(context, each))];
      return regions.map((region) => {
        const { profile, role } = each;
        return { environment: each, aws: door.openAws(context, { region, profile, role }) };
      });
    }),
  );
  return accounts.flat();
}

/** Where an environment's records are. */
export interface RecordedIn extends Place {
  readonly deployments: Deployments;
}

/** Each store of an environment once: a location without `{region}` is the same one in every region, accounts have records of their own. */
export function recordedIn(config: ResolvedConfig, places: readonly Place[]): readonly RecordedIn[] {
  const found = new Map<string, RecordedIn>();
  for (const place of places) {
    const { environment, aws } = place;
    const deployments = deploymentsOf({ config, environment }, aws);
    if (deployments === null) continue;
    const region = environment.store?.includes("{region}") === true ? aws.scope.region : "";
    const key = `${environment.account ?? ""} ${region}`;
    if (!found.has(key)) found.set(key, { ...place, deployments });
  }
  return [...found.values()];
}
