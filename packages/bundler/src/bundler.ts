import { createBuildWork, type LayerKind, withLayers } from "@sluice/artifact";
import type { Artifact, BundleInput, Plugin, ResolvedFunction, RunContext } from "@sluice/core";
import { sizeRefusals } from "./analysis/size-budget.ts";
import type { NodeFor } from "./check/find-node.ts";
import { layerKinds } from "./layers/function-layers.ts";
import { bundleModule } from "./node/bundle-module.ts";
import { isNodeModule } from "./node/module-plan.ts";
import { bundleCommand, bundleReady } from "./ready/bundle-ready.ts";
import { createSession, type Session, type Work } from "./session.ts";

function answersFor(fn: ResolvedFunction): boolean {
  return fn.command !== null || fn.source !== "module" || isNodeModule(fn);
}

function bundleOne(work: Work): Promise<Artifact> {
  if (work.fn.command !== null) return bundleCommand(work, work.fn.command);
  return work.fn.source === "module" ? bundleModule(work) : bundleReady(work);
}

export interface BundlerOptions {
  /**
   * Finds a Node.js of a runtime's major for the import check, instead of {@link findNode}; `null` where there is none: then the
   * check uses the Node.js that runs this.
   */
  readonly nodeFor?: NodeFor;
  /** Layers with packages of other languages, for ready packages that have them: `pythonLayers()` of `@sluice/bundler-python`. */
  readonly layers?: readonly LayerKind[];
}

/**
 * Bundles Node.js modules with esbuild, all that share their options in one build; packs folders; takes ready zips; runs
 * build commands. Artifacts go to `.sluice/artifacts/` in the repository's root, and what has not changed is taken
 * from there.
 *
 * Answers for functions of any runtime whose source is a folder, a zip or a command, and for Node.js modules; leaves other
 * modules to the next bundler.
 *
 * @throws the codes of the table in this package's README
 */
export function bundler(options: BundlerOptions = {}): Plugin {
  const sessions = new WeakMap<readonly ResolvedFunction[], Session>();
  return {
    name: "bundler",
    async bundle(input: BundleInput, context: RunContext): Promise<Artifact | undefined> {
      if (!answersFor(input.function)) return undefined;
      context.signal.throwIfAborted();
      const session = sessions.get(input.all) ?? createSession(input, context, options);
      sessions.set(input.all, session);
      context.emit({ type: "bundle", function: input.function.name, status: "start" });
      const artifact = await session.check.grouped(() => bundleOne(createBuildWork(session, input)));
      const complete = await withLayers(createBuildWork(session, input), artifact, layerKinds(session));
      const detail = artifact.cached ? "unchanged" : `${artifact.manifest.sizeBytes} bytes`;
      context.emit({ type: "bundle", function: input.function.name, status: "done", detail });
      return complete;
    },
    gate: ({ config, artifacts }) => sizeRefusals(config, artifacts),
  };
}
