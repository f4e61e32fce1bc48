import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type BuildSession, type BuildWork, createBuildSession, repositoryOf } from "@sluice/artifact";
import type { BundleInput, ResolvedFunction, RunContext } from "@sluice/core";
import type { PythonRun } from "./run.ts";
import { pythonTarget } from "./target.ts";

/** What the Python functions of one run share. */
export interface PythonSession extends BuildSession {
  /** Absolute path of the cache that all repositories of the user share. */
  readonly home: string;
  readonly told: Set<string>;
  /** Files that leave versions open, with the names of those packages: told together, when the last function is done. */
  readonly unpinned: Map<string, readonly string[]>;
  /** Names of functions that are not done. */
  readonly waitingFor: Set<string>;
}

/** One function's part in a session. */
export type PythonWork = BuildWork<PythonSession>;

/** Where tools and wheels are kept: `SLUICE_CACHE`, else `sluice` in the user's folder for caches (XDG Base Directory). */
function cacheHome({ cwd, env }: RunContext): string {
  const folder =
    env["SLUICE_CACHE"] || join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "sluice");
  return resolve(cwd, folder);
}

function withOwn(session: BuildSession, names: readonly string[]): PythonSession {
  const home = cacheHome(session.context);
  return { ...session, home, told: new Set(), unpinned: new Map(), waitingFor: new Set(names) };
}

/** @param names - of the functions that will be bundled in it */
export function createSession(
  input: BundleInput,
  context: RunContext,
  names: readonly string[],
): PythonSession {
  return withOwn(createBuildSession(input, context), names);
}

type Place = Pick<PythonRun, "root" | "repository" | "cache" | "home" | "context">;

function makeRun(fn: ResolvedFunction, { root, repository, cache, home, context }: Place): PythonRun {
  const target = pythonTarget(fn.runtime, fn.architecture);
  if (target === null) throw new Error(`${fn.runtime} is no Python runtime`);
  return { where: `functions.${fn.name}`, fn, target, root, repository, cache, home, context };
}

const sessions = new WeakMap<BuildSession, PythonSession>();

/** The session of another bundler, whose function has a layer of Python packages. */
export function pythonSession(session: BuildSession): PythonSession {
  if ("home" in session && "told" in session) return session as PythonSession;
  const made = sessions.get(session) ?? withOwn(session, []);
  sessions.set(session, made);
  return made;
}

/** What every part of the build of a function, or layer, is given. */
export function runOf({ fn, session }: PythonWork, where = `functions.${fn.name}`): PythonRun {
  return { ...makeRun(fn, session), where };
}

/** The same for a function that is looked at and not built. */
export function runFor(fn: ResolvedFunction, context: RunContext): PythonRun {
  const root = realpathSync(context.cwd);
  const place = { root, repository: repositoryOf(root), cache: join(root, ".sluice", "cache") };
  return makeRun(fn, { ...place, home: cacheHome(context), context });
}

/** Tells people something once in a run, however many functions have it to tell. */
export function tellOnce(session: PythonSession, message: string): void {
  if (session.told.has(message)) return;
  session.told.add(message);
  session.context.emit({ type: "notice", message });
}
