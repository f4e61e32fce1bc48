import { dirname } from "node:path";
import { isSluiceError, type ResolvedFunction, type RunContext, type SluiceError } from "@sluice/core";
import { findPython } from "../check/find-python.ts";
import type { Dependencies } from "../dependencies.ts";
import { createIndexClient } from "../index/client.ts";
import { declaredIn } from "../index/declared.ts";
import { findDependencies } from "../requirements/find-dependencies.ts";
import type { PythonRun } from "../run.ts";
import { runFor } from "../session.ts";
import { findEntry } from "../source/entry.ts";
import { pythonTarget } from "../target.ts";
import { lookForUv } from "../uv/find-uv.ts";
import { hostPython } from "../uv/python.ts";

/** What was found, or what kept it from being found. */
export type Examined<T> = { readonly found: T } | { readonly error: SluiceError };

/** uv's version, or what happens without one: `"nothing"` where neither could run. */
type Resolver = { readonly uv: string } | "install" | "pip" | "nothing";

/** What this machine has for Python functions. */
export interface PythonTools {
  /** Runtime → version of the Python that loads its handlers before they are deployed; `null` where there is none. */
  readonly runtimes: ReadonlyMap<string, Examined<string | null>>;
  /** `null` where nothing has to be resolved. */
  readonly resolver: Examined<Resolver> | null;
  /** Hosts of the package indexes; `null` where no function depends on packages. */
  readonly index: Examined<readonly string[]> | null;
}

async function examined<T>(look: () => Promise<T>): Promise<Examined<T>> {
  try {
    return { found: await look() };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return { error };
  }
}

interface Needed {
  readonly run: PythonRun;
  readonly dependencies: Dependencies;
}

/** Functions with dependencies. What is wrong with one's files, its build says. */
async function neededBy(runs: readonly PythonRun[]): Promise<Needed[]> {
  const found = await Promise.all(
    runs.map(async (run): Promise<Needed[]> => {
      const look = async () => findDependencies(run, dirname(findEntry(run).file));
      const result = await examined(look);
      return "error" in result || result.found === null ? [] : [{ run, dependencies: result.found }];
    }),
  );
  return found.flat();
}

/** Every index has it or says that it has not: both are an answer. */
const ASKED_FOR = "six";

async function askIndex({ run, dependencies }: Needed): Promise<readonly string[]> {
  const options = { folder: dependencies.folder, declared: declaredIn(dependencies) };
  const client = createIndexClient(run, options);
  try {
    await client.listFiles(ASKED_FOR);
    return [...new Set(client.settings.indexes.map(({ url }) => new URL(url).host || url))];
  } finally {
    client.close();
  }
}

/** Whether something is left for uv or pip: a `pylock.toml`, and a complete list of pins with sums, are read without them. */
function needsResolver({ dependencies: { request } }: Needed): boolean {
  if (request.type === "requirements") return !(request.complete && request.requireHashes);
  return request.type === "uv";
}

async function whatResolves(needed: readonly Needed[], run: PythonRun): Promise<Resolver> {
  const uv = await lookForUv(run);
  // A lock of uv is exported as it is; all else takes a Python, of whatever version.
  const isLocked = needed.every(({ dependencies }) => dependencies.request.type === "uv");
  if (!isLocked && (await hostPython(run.context)) === null) return "nothing";
  return typeof uv === "string" ? uv : { uv: uv.version };
}

/** See `examineTools` in `late.ts`. */
export async function examineTools(
  functions: readonly ResolvedFunction[],
  context: RunContext,
): Promise<PythonTools | null> {
  const modules = functions.filter(
    ({ source, command, runtime, architecture }) =>
      source === "module" && command === null && pythonTarget(runtime, architecture) !== null,
  );
  if (modules.length === 0) return null;
  const runs = modules.map((fn) => runFor(fn, context));
  const minors = new Map(runs.map(({ target }) => [target.runtime, target.minor]));
  const pythons = [...minors].map(async ([runtime, minor]) => {
    const look = async () => (await findPython({ ...context, minor }))?.version ?? null;
    return [runtime, await examined(look)] as const;
  });
  const needed = await neededBy(runs);
  const resolved = needed.filter(needsResolver);
  const [first] = needed;
  const [unlocked] = resolved;
  const [runtimes, resolver, index] = await Promise.all([
    Promise.all(pythons),
    unlocked === undefined ? null : examined(() => whatResolves(resolved, unlocked.run)),
    first === undefined ? null : examined(() => askIndex(first)),
  ]);
  return { runtimes: new Map(runtimes), resolver, index };
}
