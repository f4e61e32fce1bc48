import { refreshed } from "@sluice/artifact";
import type { Artifact } from "@sluice/core";
import type { Work } from "../session.ts";
import { planModules } from "./module-plan.ts";

/** Bundles a Node.js module, or finds that its last bundle is still right. */
export async function bundleModule(work: Work): Promise<Artifact> {
  const { fn, session } = work;
  session.modules ??= planModules(session);
  const planned = await session.modules.modules.get(fn.name);
  if (planned === undefined) throw new Error(`${fn.name} is not among the functions of its own run`);
  if ("error" in planned) throw planned.error;
  if (planned.cached !== null) return refreshed(work, planned.cached);
  return session.modules.withBuild(planned, async (build) => {
    // Loaded late, with all that only a build needs.
    const { packageModule } = await import("./package-module.ts");
    return packageModule(work, planned, build);
  });
}
