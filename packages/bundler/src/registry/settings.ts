import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { settingsInvalid } from "./errors.ts";
import { type Environment, type NpmSettings, parseNpmrc, settingsOfEnvironment } from "./npmrc.ts";
import { parseYarnrc, yarnSettingsOfEnvironment } from "./yarnrc.ts";

/** What the package managers are configured with. */
export interface RegistrySettings {
  readonly npm: NpmSettings;
  /** Variables that the files refer to and the environment does not have. */
  readonly unset: readonly string[];
  /** Relative paths among the settings start here. */
  readonly root: string;
}

function textAt(path: string): string | null {
  if (!existsSync(path)) return null;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw settingsInvalid(path, `${path} cannot be read`, error);
  }
}

/** From `top` down to `folder`. */
function foldersBetween(folder: string, top: string): string[] {
  const folders = [folder];
  for (let at = folder; at !== top && dirname(at) !== at; at = dirname(at)) folders.unshift(dirname(at));
  return folders;
}

/**
 * Reads the settings that npm, pnpm and yarn read, strongest last: the user's files, the project's from `top` down to `root`,
 * the environment. Of an `.npmrc` and a `.yarnrc.yml` in one folder, yarn's file is the stronger.
 *
 * @throws SLUICE_REGISTRY_SETTINGS
 */
export function readSettings(root: string, top: string, env: Environment): RegistrySettings {
  const unset = new Set<string>();
  const fromEnv = settingsOfEnvironment(env);
  const npmrc = (path: string): NpmSettings => parseNpmrc(textAt(path) ?? "", env, unset);
  const yarnrc = (path: string): NpmSettings => {
    const text = textAt(path);
    return text === null ? {} : parseYarnrc(path, text, env, unset);
  };
  const home = env["HOME"] ?? env["USERPROFILE"];
  const user = fromEnv["userconfig"] ?? (home === undefined ? undefined : join(home, ".npmrc"));
  const global = fromEnv["globalconfig"];
  const layers: NpmSettings[] = [
    global === undefined ? {} : npmrc(global),
    user === undefined ? {} : npmrc(user),
    home === undefined ? {} : yarnrc(join(home, ".yarnrc.yml")),
    ...foldersBetween(resolve(root), resolve(top)).flatMap((folder) => [
      npmrc(join(folder, ".npmrc")),
      yarnrc(join(folder, ".yarnrc.yml")),
    ]),
    yarnSettingsOfEnvironment(env),
    fromEnv,
  ];
  return { npm: Object.assign({}, ...layers), unset: [...unset], root };
}
