import { relative } from "node:path";
import type { Artifact, GitRef } from "@sluice/core";
import { formatDuration, formatSize } from "../report/human.ts";
import type { Session } from "../session.ts";
import { bundleAll } from "../workflow/bundle.ts";
import { openProject, openRef, selectFunctions } from "../workflow/project.ts";

/** Building needs no git; without it the manifest says nothing of a commit. */
function refOrNothing(session: Session): Promise<GitRef | null> {
  return openRef(session).catch(() => null);
}

/** Shows what was built: name, size, digest, and whether it came from the cache. */
export function sayArtifacts(artifacts: readonly Artifact[], session: Session): void {
  const width = Math.max(...artifacts.map((artifact) => artifact.function.length));
  for (const { function: name, manifest, cached } of artifacts) {
    const size = formatSize(manifest.sizeBytes).padStart(9);
    const digest = session.colors.dim(manifest.digest.slice(0, 19));
    session.say(
      `  ${session.colors.bold(name.padEnd(width))}  ${size}  ${digest}  ${cached ? "unchanged" : "built"}`,
    );
  }
}

/** `sluice build` */
export async function build(session: Session): Promise<number> {
  const started = session.context.now();
  const [project, ref] = await Promise.all([openProject(session), refOrNothing(session)]);
  const chosen = selectFunctions(project.config, session.arguments.operands);
  const artifacts = await bundleAll(project, chosen, ref, session);
  sayArtifacts(artifacts, session);
  const folder = relative(session.context.cwd, artifacts[0]?.path ?? "").replace(/[^/\\]+$/, "");
  session.say(
    session.colors.dim(
      `\n${artifacts.length} in ${folder} in ${formatDuration(session.context.now() - started)}`,
    ),
  );
  if (session.json) {
    const rows = artifacts.map(({ function: name, path, manifest, cached }) => ({
      function: name,
      path,
      digest: manifest.digest,
      sizeBytes: manifest.sizeBytes,
      cached,
    }));
    session.printJson({ schema: 1, artifacts: rows });
  }
  return 0;
}
