import { homedir } from "node:os";
import { join } from "node:path";
import type { RunContext } from "@sluice/core";
import { access } from "./errors.ts";

type Env = RunContext["env"];

/** Settings of a profile, as the files spell them. */
export type ProfileData = Readonly<Record<string, string | undefined>>;

/** Paths of the shared files. https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html */
export function sharedFiles(env: Env): { readonly configFilepath: string; readonly filepath: string } {
  const folder = join(env.HOME || env.USERPROFILE || homedir(), ".aws");
  return {
    configFilepath: env.AWS_CONFIG_FILE || join(folder, "config"),
    filepath: env.AWS_SHARED_CREDENTIALS_FILE || join(folder, "credentials"),
  };
}

/** The profile that is asked for by name: the environment's own, else AWS_PROFILE; `null` when neither is set. */
export function profileName(env: Env, profile: string | null): string | null {
  return profile ?? (env.AWS_PROFILE || null);
}

/** Every profile of the shared files, the credentials file's settings over the configuration file's. */
export async function readProfiles(env: Env): Promise<ReadonlyMap<string, ProfileData>> {
  const { loadSharedConfigFiles } = await import("@smithy/core/config");
  const { configFile, credentialsFile } = await loadSharedConfigFiles(sharedFiles(env));
  const profiles = new Map<string, ProfileData>();
  for (const [name, data] of [...Object.entries(configFile), ...Object.entries(credentialsFile)]) {
    // `sso-session.name` and `services.name` are sections of other kinds.
    if (/^(sso-session|services)\./.test(name)) continue;
    profiles.set(name, { ...profiles.get(name), ...data });
  }
  return profiles;
}

/**
 * Settings of a profile that was asked for by name.
 *
 * @throws `SLUICE_PROFILE_UNKNOWN`
 */
export async function readProfile(env: Env, name: string): Promise<ProfileData> {
  const profiles = await readProfiles(env);
  const data = profiles.get(name);
  if (data === undefined) throw access.profileUnknown(name, [...profiles.keys()].sort());
  return data;
}
