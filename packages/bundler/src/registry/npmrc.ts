/** Settings as npm names them, such as `registry`, `@acme:registry`, `//npm.acme.dev/:_authToken`, `strict-ssl`. */
export type NpmSettings = Readonly<Record<string, string>>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** `${NAME}`, `${NAME?}` (npm: nothing when it is not set), `${NAME-else}` and `${NAME:-else}` (pnpm, yarn). */
const VARIABLE = /\$\{([^${}?:-]+)(\?|:?-([^${}]*))?\}/g;

/**
 * Puts in the values of variables. One that is not set stays as it is written, as npm leaves it, and is told.
 *
 * @param unset - takes the names of variables that are not set
 */
export function expanded(text: string, env: Environment, unset: Set<string>): string {
  return text.replace(VARIABLE, (written: string, name: string, rule?: string, other = "") => {
    const value = env[name];
    const isGiven = rule?.startsWith(":") ? Boolean(value) : value !== undefined;
    if (isGiven) return value ?? "";
    if (rule !== undefined) return other;
    unset.add(name);
    return written;
  });
}

/** A value of an ini file: in quotes as it stands, else up to a comment. */
function iniValue(written: string): string {
  const quoted = /^"(.*)"$|^'(.*)'$/.exec(written);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? "";
  return written
    .replace(/(?<!\\)[;#].*$/, "")
    .replace(/\\([;#\\])/g, "$1")
    .trim();
}

/** Reads an `.npmrc`: npm's docs, "npmrc". Values of a list (`ca[]=`) are joined by line breaks. */
export function parseNpmrc(text: string, env: Environment, unset: Set<string>): NpmSettings {
  const settings: Record<string, string> = {};
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const line = raw.trim();
    const at = line.indexOf("=");
    if (line === "" || /^[;#[]/.test(line)) continue;
    const key = expanded((at === -1 ? line : line.slice(0, at)).trim(), env, unset);
    const value = at === -1 ? "true" : expanded(iniValue(line.slice(at + 1).trim()), env, unset);
    const name = key.replace(/\[\]$/, "");
    const before = settings[name];
    settings[name] = name !== key && before !== undefined ? `${before}\n${value}` : value;
  }
  return settings;
}

/** `npm_config_…` of the environment, in any case; what belongs to a host keeps its spelling (npm's docs, "config"). */
export function settingsOfEnvironment(env: Environment): NpmSettings {
  const settings: Record<string, string> = {};
  for (const [variable, value] of Object.entries(env)) {
    const name = /^npm_config_(.+)$/i.exec(variable)?.[1];
    if (name === undefined || value === undefined || value === "") continue;
    settings[name.startsWith("//") ? name : name.replace(/(?!^)_/g, "-").toLowerCase()] = value;
  }
  return settings;
}
