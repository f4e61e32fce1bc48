import { createBuildWork, findCached, refreshed, withLayers } from "@sluice/artifact";
import type { Artifact, BundleInput, Plugin, ResolvedFunction, RunContext } from "@sluice/core";
import { tellUnpinned } from "./build/notices.ts";
import { keyOf } from "./cache-key.ts";
import { type GatheredNotices, gatherNotices } from "./gathered-notices.ts";
import { layersOf, PYTHON_LAYERS } from "./layers/function-layers.ts";
import { reviewRuntime } from "./runtimes.ts";
import { createSession, type PythonSession, type PythonWork, tellOnce } from "./session.ts";

/** For what claims to be Python: which runtime of it there is not is told, and left to no other bundler. */
function answersFor({ source, command, runtime }: ResolvedFunction): boolean {
  return source === "module" && command === null && runtime.startsWith("python");
}

function namesOf(functions: readonly ResolvedFunction[]): string[] {
  return functions.filter(answersFor).map(({ name }) => name);
}

/** What the functions that are bundled together share. */
interface Run {
  readonly session: PythonSession;
  readonly notices: GatheredNotices;
}

function startRun(input: BundleInput, context: RunContext): Run {
  const names = namesOf(input.all);
  const notices = gatherNotices(names, context.emit);
  return { session: createSession(input, { ...context, emit: notices.emit }, names), notices };
}

async function bundleOne(work: PythonWork): Promise<Artifact> {
  const keyed = keyOf(work, await layersOf(work.session, work.fn));
  const cached = await findCached(work.session, work.fn, keyed.key);
  if (cached !== null) return refreshed(work, cached);
  // Loaded late, with all that only a build needs.
  const { buildPython } = await import("./build/build-python.ts");
  return buildPython(work, keyed);
}

/**
 * Bundles Python modules: the sources that the handler reaches, and the wheels of its dependencies for the function's runtime and
 * architecture, whatever machine this is. Artifacts go to `.sluice/artifacts/` in the repository's root, and what has not
 * changed is taken from there.
 *
 * Answers for functions with a runtime `python*` whose source is a module, and leaves all others to the next bundler.
 *
 * @throws the codes of the table in this package's README
 */
export function bundlerPython(): Plugin {
  const runs = new WeakMap<readonly ResolvedFunction[], Run>();
  return {
    name: "bundler-python",
    async bundle(input: BundleInput, context: RunContext): Promise<Artifact | undefined> {
      if (!answersFor(input.function)) return undefined;
      context.signal.throwIfAborted();
      const { session, notices } = runs.get(input.all) ?? startRun(input, context);
      runs.set(input.all, { session, notices });
      const { name } = input.function;
      context.emit({ type: "bundle", function: name, status: "start" });
      const work = createBuildWork(session, input);
      try {
        const newer = reviewRuntime(input.function);
        if (newer !== null) tellOnce(session, newer);
        const artifact = await withLayers(work, await bundleOne(work), PYTHON_LAYERS);
        const detail = artifact.cached ? "unchanged" : `${artifact.manifest.sizeBytes} bytes`;
        context.emit({ type: "bundle", function: name, status: "done", detail });
        return artifact;
      } finally {
        session.waitingFor.delete(name);
        tellUnpinned(session);
        if (session.waitingFor.size === 0) notices.tell();
      }
    },
  };
}
