import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundler, type CheckNode, findNode } from "@sluice/bundler";
import { bundlerPython, pythonLayers } from "@sluice/bundler-python";
import {
  type Config,
  finishConfig,
  type GitHistory,
  type GitRef,
  loadConfigFile,
  nearestOf,
  type Plugin,
  type ResolvedConfig,
  type ResolvedFunction,
  readProjectVersion,
  runPhase,
} from "@sluice/core";
import { gitflow, gitHistory, readGitRef } from "@sluice/gitflow";
import { images } from "@sluice/updater";
import { cliErrors } from "../errors.ts";
import { type Session, textOption } from "../session.ts";

/** A function repository as a run sees it: read once, used by every later step. */
export interface Project {
  readonly config: ResolvedConfig;
  /** The configuration's plugins first, then Sluice's own. */
  readonly plugins: readonly Plugin[];
  /** Semver from package.json, else from pyproject.toml; `null` without one. */
  readonly packageVersion: string | null;
  /** Asked only where a decision needs it. */
  readonly history: GitHistory;
}

/**
 * So that `import … from "sluice"` in a configuration resolves to this Sluice, installed in the repository or not. The
 * build puts this module into a chunk, one folder below the package's entry point.
 */
const SELF: string = fileURLToPath(new URL("../index.js", import.meta.url));

async function readPackageVersion(root: string): Promise<string | null> {
  try {
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      version?: unknown;
    };
    if (typeof version === "string") return version;
  } catch {
    // None, or one that says nothing: a Python repository has another.
  }
  return readProjectVersion(root);
}

/** Lets plugins refine the configuration, in order. */
async function refine(config: Config, session: Session): Promise<Config> {
  const { answers } = await runPhase("config", config.plugins ?? [], config, session.context);
  return answers.at(-1)?.value ?? config;
}

/** Explicit option, then environment variable, then configuration: for the run, and for each environment. */
function withConcurrency(config: ResolvedConfig, session: Session): ResolvedConfig {
  session.suggestConcurrency(config.concurrency);
  if (!session.concurrencyGiven) return config;
  return { ...config, environments: config.environments.map((each) => ({ ...each, concurrency: null })) };
}

/** A Node.js to check functions with: this machine's, or one that the embedded AWS has installed. */
async function nodeFor(major: number, session: Session): Promise<CheckNode | null> {
  const found = await findNode(major, session.context.env);
  if (found !== null) return found;
  const { cachedNode } = await import("@sluice/local");
  return cachedNode(major, {}, session.context);
}

/** Loads and resolves the configuration of the repository that the session works in. */
export async function openProject(session: Session): Promise<Project> {
  const { cwd } = session.context;
  const file = textOption(session.arguments, "config");
  const [loaded, packageVersion] = await Promise.all([
    loadConfigFile({
      cwd,
      alias: { sluice: SELF },
      cacheFolder: join(cwd, ".sluice", "cache", "config"),
      ...(file === undefined ? {} : { file }),
    }),
    readPackageVersion(cwd),
  ]);
  const config = withConcurrency(
    finishConfig(await refine(loaded.config, session), loaded.file, cwd),
    session,
  );
  return {
    config,
    plugins: [
      ...config.plugins,
      gitflow(),
      images(),
      bundler({ nodeFor: (major) => nodeFor(major, session), layers: [pythonLayers()] }),
      bundlerPython(),
    ],
    packageVersion,
    history: gitHistory({ cwd, env: session.context.env }),
  };
}

/** The git ref of the run: `--branch`, else CI, else git. */
export function openRef(session: Session): Promise<GitRef> {
  const branch = textOption(session.arguments, "branch");
  const { cwd, env } = session.context;
  return readGitRef({ cwd, env, ...(branch === undefined ? {} : { branch }) });
}

/**
 * The functions that the command line names, or all.
 *
 * @throws SLUICE_UNKNOWN_FUNCTION
 */
export function selectFunctions(
  config: ResolvedConfig,
  names: readonly string[],
): readonly ResolvedFunction[] {
  if (names.length === 0) return config.functions;
  const known = config.functions.map((each) => each.name);
  for (const name of names) {
    if (!known.includes(name)) throw cliErrors.unknownFunction(name, nearestOf(name, known), known);
  }
  return config.functions.filter((each) => names.includes(each.name));
}
