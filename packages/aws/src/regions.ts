import type { ResolvedEnvironment, RunContext } from "@sluice/core";
import { access } from "./errors.ts";
import { profileName, readProfile, readProfiles } from "./profiles.ts";

/**
 * The regions of an environment: its own, else `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the region of its profile
 * (or of `AWS_PROFILE`, or of the profile `default`). Reads the shared files in the last case alone.
 *
 * @throws `SLUICE_REGION_MISSING`, `SLUICE_PROFILE_UNKNOWN`
 */
export async function resolveRegions(
  context: RunContext,
  environment: Pick<ResolvedEnvironment, "name" | "regions" | "profile">,
): Promise<readonly string[]> {
  if (environment.regions.length > 0) return environment.regions;
  const { env } = context;
  const fromEnv = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  if (fromEnv) return [fromEnv];
  const name = profileName(env, environment.profile);
  const data = name === null ? (await readProfiles(env)).get("default") : await readProfile(env, name);
  if (data?.region) return [data.region];
  throw access.regionMissing(environment.name);
}
