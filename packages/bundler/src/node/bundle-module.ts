import type { Artifact } from "@sluice/core";
import { refreshed } from "../cache/refresh.ts";
import { buildFailed } from "../errors.ts";
import { writePackage } from "../package.ts";
import type { Work } from "../session.ts";
import { writeBeside } from "./beside.ts";
import { entryKey } from "./entry.ts";
import { failureOf, flawOf } from "./failure.ts";
import { handlerFlaw } from "./handler-flaw.ts";
import { moduleContents } from "./module-contents.ts";
import { type PlannedModule, planModules } from "./module-plan.ts";
import type { BuiltEntry } from "./output.ts";
import { withOwnSources } from "./own-sources.ts";

/** What was built for a function, with the texts of its own sources in the map. */
async function builtEntry(work: Work, planned: PlannedModule): Promise<BuiltEntry> {
  const { fn, session } = work;
  const { group, entry } = planned;
  const { entries } = await (session.modules ?? planModules(session)).build(planned);
  const built = entries.get(entryKey(entry));
  if (built === undefined) throw buildFailed(fn.name, "esbuild gave no output for this entry.", null);
  if ("messages" in built) throw await failureOf(fn, session.root, group, entry, built.messages);
  const flaw = await handlerFlaw(session.root, group, entry, built);
  if (flaw !== null) throw await flawOf(fn, session.root, group, entry, flaw);
  const addsSources = built.map !== null && group.esbuild.sourcesContent === undefined;
  return addsSources ? { ...built, map: withOwnSources(built.map, session.root) } : built;
}

/** Bundles a Node.js module, or finds that its last bundle is still right. */
export async function bundleModule(work: Work): Promise<Artifact> {
  const { fn, session } = work;
  session.modules ??= planModules(session);
  const planned = await session.modules.modules.get(fn.name);
  if (planned === undefined) throw new Error(`${fn.name} is not among the functions of its own run`);
  if ("error" in planned) throw planned.error;
  if (planned.cached !== null) return refreshed(work, planned.cached);
  const built = await builtEntry(work, planned);
  const build = await session.modules.build(planned);
  const contents = await moduleContents(work, planned, built, build);
  const artifact = await writePackage(work, contents);
  writeBeside(work, contents.beside);
  return artifact;
}
