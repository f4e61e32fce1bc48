import { readdirSync } from "node:fs";
import { basename, dirname, posix, relative, resolve, sep } from "node:path";
import { type CacheKey, findCached, type Listing, listAssets, statOf } from "@sluice/artifact";
import type { Artifact, ResolvedFunction } from "@sluice/core";
import { canonical, identities } from "../cache/canonical.ts";
import { entryNotAFile, entryNotFound } from "../errors.ts";
import { layerContentsOf } from "../layers/function-layers.ts";
import type { Session } from "../session.ts";
import { bundleTools } from "../tools.ts";
import type { ModuleBuild, ModuleBuilds } from "./build-modules.ts";
import { entryKey, type NodeEntry } from "./entry.ts";
import { type HandlerPlace, parseHandler } from "./handler.ts";
import { type NodeGroup, nodeGroup, nodeMajor } from "./options.ts";

/** A Node.js module, ready to be built or found unchanged. */
export interface PlannedModule {
  readonly fn: ResolvedFunction;
  readonly place: HandlerPlace;
  readonly group: NodeGroup;
  readonly entry: NodeEntry;
  readonly assets: Listing;
  readonly key: CacheKey;
  readonly cached: Artifact | null;
}

/** A module that cannot be built. Its error waits for whoever asks for this function. */
interface UnplannedModule {
  readonly error: unknown;
}

/** All Node.js modules of a run, and their builds, one for each group of options. */
export interface ModulePlan {
  readonly modules: ReadonlyMap<string, Promise<PlannedModule | UnplannedModule>>;
  /** Gives `use` the build that the module was part of, which is let go once everyone in it is done. */
  withBuild<T>(module: PlannedModule, use: (build: ModuleBuild) => Promise<T>): Promise<T>;
}

/** Whether a function is a Node.js module to be bundled. */
export function isNodeModule(fn: ResolvedFunction): boolean {
  return fn.command === null && fn.source === "module" && nodeMajor(fn.runtime) !== null;
}

/** Files beside a missing one that may be meant. */
function nearby(root: string, entry: string): string[] {
  const stem = basename(entry)
    .replace(/\.[^.]*$/, "")
    .toLowerCase();
  try {
    const names = readdirSync(resolve(root, dirname(entry)));
    const alike = names.filter((name) => name.toLowerCase().startsWith(stem) && stem !== "");
    return alike.slice(0, 2).map((name) => posix.join(dirname(entry), name));
  } catch {
    return [];
  }
}

function checkEntry(session: Session, fn: ResolvedFunction): void {
  const stat = statOf(resolve(session.root, fn.entry));
  if (stat === undefined) throw entryNotFound(fn.name, fn.entry, nearby(session.root, fn.entry));
  if (!stat.isFile()) throw entryNotAFile(fn.name, fn.entry);
}

function keyOf(fn: ResolvedFunction, group: NodeGroup, entry: NodeEntry, assets: Listing): CacheKey {
  let cacheable = true;
  const {
    runtime,
    runtimeDeclared,
    architecture,
    architectureDeclared,
    handler,
    licenses,
    importCheck,
    include,
  } = fn;
  const parts = {
    group,
    entry,
    handler,
    runtime,
    runtimeDeclared,
    architecture,
    architectureDeclared,
    licenses,
    include,
    // What was built without a check is not taken for checked.
    importCheck,
  };
  const options = canonical({ ...parts, tools: bundleTools() }, () => {
    cacheable = false;
    return "function";
  });
  return { options, cacheable, listed: assets.files };
}

async function planModule(session: Session, fn: ResolvedFunction): Promise<PlannedModule> {
  const place = parseHandler(fn.name, fn.handler);
  const group = nodeGroup(fn, await layerContentsOf(session, fn));
  checkEntry(session, fn);
  const source = relative(session.root, resolve(session.root, fn.entry)).replaceAll(sep, "/");
  const entry: NodeEntry = { source, exportName: fn.exportName, path: place.path };
  const scope = { functionName: fn.name, root: session.root, repository: session.repository };
  const assets = listAssets(scope, fn.assets);
  const key = keyOf(fn, group, entry, assets);
  return { fn, place, group, entry, assets, key, cached: await findCached(session, fn, key) };
}

/** Plans every module of a session and groups those that have to be built by their options. */
export function planModules(session: Session): ModulePlan {
  const planned = session.all
    .filter(isNodeModule)
    .map((fn): [string, Promise<PlannedModule | UnplannedModule>] => [
      fn.name,
      planModule(session, fn).catch((error: unknown): UnplannedModule => ({ error })),
    ]);
  const identity = identities();
  const groups = new Map<string, Promise<ModuleBuilds>>();
  const open = async (group: NodeGroup, key: string): Promise<ModuleBuilds> => {
    const settled = await Promise.all(planned.map(([, module]) => module));
    const modules = settled.flatMap((module) => ("error" in module ? [] : [module]));
    const stale = modules.filter((module) => module.cached === null);
    const members = stale.filter((module) => canonical(module.group, identity) === key);
    const entries = new Map(members.map((module) => [entryKey(module.entry), module.entry]));
    // Loaded late, with all that only a build needs.
    const { openBuilds } = await import("./build-modules.ts");
    return openBuilds(session, group, [...entries.values()]);
  };
  const buildsOf = (group: NodeGroup): Promise<ModuleBuilds> => {
    const key = canonical(group, identity);
    const builds = groups.get(key) ?? open(group, key);
    groups.set(key, builds);
    return builds;
  };
  return {
    modules: new Map(planned),
    withBuild: async ({ group, entry }, use) => {
      const builds = await buildsOf(group);
      try {
        return await use(await builds.build(entry));
      } finally {
        builds.release(entry);
      }
    },
  };
}
