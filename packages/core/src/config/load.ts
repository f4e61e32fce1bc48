import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { Message } from "esbuild";
import { isSluiceError, joinErrors, type Problem, SluiceError } from "../problem.ts";
import { compileConfig } from "./compile.ts";
import { configErrors } from "./errors.ts";
import { mergeConfig } from "./merge.ts";
import { hasToolTable, isPyproject, PYPROJECT, readToolTable } from "./pyproject.ts";
import { resolveConfig } from "./resolve.ts";
import type { ResolvedConfig } from "./resolved-types.ts";
import type { Config } from "./types.ts";
import { validateConfig } from "./validate.ts";

/** Names that are looked for, in the folder that Sluice runs in; `pyproject.toml`, too, where it has a table for Sluice. */
export const CONFIG_FILES: readonly string[] = [
  "sluice.config.ts",
  "sluice.config.mts",
  "sluice.config.js",
  "sluice.config.mjs",
  "sluice.config.json",
];

export interface LoadOptions {
  readonly cwd: string;
  /** `--config`, relative to `cwd`. */
  readonly file?: string;
  /** Module name → absolute path, so that `import … from "sluice"` resolves to the running Sluice. */
  readonly alias?: Readonly<Record<string, string>>;
  /** Absolute path of a folder inside the repository that keeps compiled configuration files. */
  readonly cacheFolder?: string;
}

/**
 * Finds the configuration file.
 *
 * @throws SLUICE_CONFIG_NOT_FOUND, SLUICE_CONFIG_AMBIGUOUS
 */
export function findConfigFile(cwd: string, file?: string): string {
  if (file !== undefined) {
    const named = resolve(cwd, file);
    if (!statSync(named, { throwIfNoEntry: false })?.isFile())
      throw configErrors.fileNotFound(named, "--config");
    return named;
  }
  const found = CONFIG_FILES.filter((name) => existsSync(resolve(cwd, name)));
  if (hasToolTable(resolve(cwd, PYPROJECT))) found.push(PYPROJECT);
  const [only, ...others] = found;
  if (only === undefined)
    throw configErrors.notFound(cwd, [...CONFIG_FILES, `[tool.sluice] in ${PYPROJECT}`]);
  if (others.length > 0) throw configErrors.ambiguous(found);
  return resolve(cwd, only);
}

interface Read {
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/** What esbuild says of a file that it cannot compile: each error with its own place. */
function buildFailure(file: string, error: unknown): SluiceError | null {
  const { errors } = (error ?? {}) as { errors?: readonly Message[] };
  if (!Array.isArray(errors) || errors.length === 0) return null;
  const [first, ...rest] = errors.map(({ text, location }: Message) => {
    const at =
      location === null
        ? file
        : `${join(dirname(file), location.file)}:${location.line}:${location.column + 1}`;
    return configErrors.unloadable(at, text, error);
  });
  return joinErrors([first, ...rest].filter((each) => each !== undefined)) ?? null;
}

async function readConfigFile(file: string, options: LoadOptions): Promise<Read> {
  if (isPyproject(file)) return { value: await readToolTable(file), problems: [] };
  try {
    const { url, problems } = await compileConfig(file, options.cacheFolder ?? null, options.alias ?? {});
    const { default: value } = (await import(url)) as { default?: unknown };
    if (value === undefined) throw configErrors.noDefaultExport(file);
    return { value: typeof value === "function" ? await (value as () => unknown)() : await value, problems };
  } catch (error) {
    if (isSluiceError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw buildFailure(file, error) ?? configErrors.unloadable(file, reason, error);
  }
}

/** The entry of a package that exports itself for `import` alone, which `require.resolve` does not see. */
function importEntry(reference: string, from: string): string | null {
  for (const folder of createRequire(from).resolve.paths(reference) ?? []) {
    const manifest = join(folder, reference, "package.json");
    if (!existsSync(manifest)) continue;
    const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as { exports?: unknown };
    let entry = typeof exports === "object" && exports !== null && "." in exports ? exports["."] : exports;
    while (typeof entry === "object" && entry !== null) {
      const conditions = entry as Readonly<Record<string, unknown>>;
      entry = conditions["import"] ?? conditions["node"] ?? conditions["default"];
    }
    if (typeof entry === "string") return join(folder, reference, entry);
  }
  return null;
}

function locateBase(reference: string, from: string): string {
  if (reference.startsWith(".") || isAbsolute(reference)) {
    const file = resolve(dirname(from), reference);
    if (!existsSync(file)) throw configErrors.fileNotFound(file, `${from}: extends`);
    return file;
  }
  try {
    return createRequire(from).resolve(reference);
  } catch (error) {
    const entry = importEntry(reference, from);
    if (entry !== null) return entry;
    const near = existsSync(resolve(dirname(from), reference)) ? ` A file is written ./${reference}.` : "";
    const reason = `\`extends\` names the package ${reference}, which is not installed.${near}`;
    throw configErrors.unloadable(from, reason, error);
  }
}

interface Loaded {
  readonly config: Config;
  readonly problems: readonly Problem[];
}

async function loadChain(file: string, options: LoadOptions, chain: readonly string[]): Promise<Loaded> {
  if (chain.includes(file)) throw configErrors.circular([...chain, file].map((each) => basename(each)));
  const { value, problems: textual } = await readConfigFile(file, options);
  const shown = `${chain.length === 0 ? basename(file) : file}${isPyproject(file) ? " [tool.sluice]" : ""}`;
  const { config, problems } = validateConfig(value, shown);
  const own = [...problems, ...textual];
  if (own.length > 0 || config.extends === undefined) return { config, problems: own };
  let base: Loaded = { config: {}, problems: [] };
  for (const reference of [config.extends].flat() as string[]) {
    const next = await loadChain(locateBase(reference, file), options, [...chain, file]);
    base = { config: mergeConfig(base.config, next.config), problems: [...base.problems, ...next.problems] };
  }
  return { config: mergeConfig(base.config, config), problems: base.problems };
}

/** A configuration as written, with everything that it extends laid under it, before defaults. */
export interface LoadedConfig {
  readonly file: string;
  readonly config: Config;
}

/**
 * Loads and validates `sluice.config.{ts,mts,js,mjs,json}`, or `[tool.sluice]` of a `pyproject.toml`, with everything that it
 * extends.
 *
 * @throws SluiceError with every problem that was found, each with its place; exit code 2
 */
export async function loadConfigFile(options: LoadOptions): Promise<LoadedConfig> {
  const file = findConfigFile(options.cwd, options.file);
  const { config, problems } = await loadChain(file, options, []);
  throwProblems(problems);
  return { file, config };
}

/** Fills in defaults and checks cross-field rules, after plugins had their say. Throws every problem at once. */
export function finishConfig(config: Config, file: string | null, root: string): ResolvedConfig {
  // Plugins may have refined it.
  throwProblems(validateConfig(config, file === null ? "configuration" : basename(file)).problems);
  const { config: resolved, problems } = resolveConfig(config, {
    file: file === null ? null : basename(file),
    root,
  });
  throwProblems(problems);
  return { ...resolved, file };
}

function throwProblems(problems: readonly Problem[]): void {
  const [first, ...rest] = problems;
  if (first !== undefined) throw new SluiceError([first, ...rest]);
}
