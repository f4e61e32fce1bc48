import type { Artifact } from "@sluice/core";
import { buildFailed } from "../errors.ts";
import { writeChecked } from "../package.ts";
import type { Work } from "../session.ts";
import { writeBeside } from "./beside.ts";
import type { ModuleBuild } from "./build-modules.ts";
import { entryKey } from "./entry.ts";
import { failureOf, flawOf } from "./failure.ts";
import { handlerFlaw } from "./handler-flaw.ts";
import { moduleContents } from "./module-contents.ts";
import type { PlannedModule } from "./module-plan.ts";
import type { BuiltEntry } from "./output.ts";
import { withOwnSources } from "./own-sources.ts";

/** What was built for a function, with the texts of its own sources in the map. */
async function builtEntry(work: Work, planned: PlannedModule, build: ModuleBuild): Promise<BuiltEntry> {
  const { fn, session } = work;
  const { group, entry } = planned;
  const built = build.entries.get(entryKey(entry));
  if (built === undefined) throw buildFailed(fn.name, "esbuild gave no output for this entry.", null);
  if ("messages" in built) throw await failureOf(fn, session.root, group, entry, built.messages);
  const flaw = await handlerFlaw(session.root, group, entry, built);
  if (flaw !== null) throw await flawOf(fn, session.root, group, entry, flaw);
  const addsSources = built.map !== null && group.esbuild.sourcesContent === undefined;
  return addsSources ? { ...built, map: withOwnSources(built.map, session.root) } : built;
}

/** Makes a module's package of its group's build. */
export async function packageModule(
  work: Work,
  planned: PlannedModule,
  build: ModuleBuild,
): Promise<Artifact> {
  const built = await builtEntry(work, planned, build);
  const contents = await moduleContents(work, planned, built, build);
  const artifact = await writeChecked(work, contents);
  writeBeside(work, contents.beside);
  return artifact;
}
