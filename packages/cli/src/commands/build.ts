import { relative } from "node:path";
import { pruneCache } from "@sluice/artifact";
import { sizeRefusals } from "@sluice/bundler";
import { type Artifact, type GitRef, joinErrors, type SluiceError } from "@sluice/core";
import type { Insight, Questions } from "../report/analysis.ts";
import { sizeNotices } from "../report/analysis-limits.ts";
import { errorDocument } from "../report/error-document.ts";
import { formatDuration, formatSize } from "../report/human.ts";
import { shownArtifacts } from "../report/shown-artifacts.ts";
import { flagOption, type Session, textOption } from "../session.ts";
import { formatProblems } from "../terminal/problems.ts";
import { bundleAll } from "../workflow/bundle.ts";
import { openProject, openRef, type Project, selectFunctions } from "../workflow/project.ts";

/** Building needs no git; without it the manifest says nothing of a commit. */
function refOrNothing(session: Session): Promise<GitRef | null> {
  return openRef(session).catch(() => null);
}

/** Shows what was built: name, size, digest, and whether it came from the cache. */
export function sayArtifacts(artifacts: readonly Artifact[], session: Session): void {
  const shown = shownArtifacts(artifacts);
  const width = Math.max(...shown.map((artifact) => artifact.function.length));
  for (const { function: name, manifest, cached, image } of shown) {
    const size = (image === undefined ? formatSize(manifest.sizeBytes) : "image").padStart(9);
    const digest = session.colors.dim(manifest.digest.slice(0, 19));
    session.say(
      `  ${session.colors.bold(name.padEnd(width))}  ${size}  ${digest}  ${image !== undefined ? "" : cached ? "unchanged" : "built"}`.trimEnd(),
    );
  }
}

/** What is inside, if that is asked; loaded late, since it mostly is not. */
async function insightInto(
  artifacts: readonly Artifact[],
  project: Project,
  questions: Questions,
  session: Session,
): Promise<Insight> {
  const built = artifacts.filter(({ image }) => image === undefined);
  if ((!questions.analyze && questions.why === null) || built.length === 0)
    return { analyses: new Map(), why: null };
  const { lookInside } = await import("../report/analysis.ts");
  return lookInside(project.config, shownArtifacts(built), questions, session);
}

/** Refuses what is over its budget. The artifacts stand: what is too big can be looked into. */
async function budgetError(
  project: Project,
  artifacts: readonly Artifact[],
  session: Session,
): Promise<SluiceError | null> {
  const error = joinErrors(await sizeRefusals(project.config, artifacts)) ?? null;
  if (error === null) return null;
  const text = formatProblems(error.problems, session.colors);
  session.context.log.error(`\n${text}`);
  return error;
}

function documentOf(artifacts: readonly Artifact[], insight: Insight, error: SluiceError | null): object {
  const rows = shownArtifacts(artifacts).map(({ function: name, path, manifest, cached, image }) => {
    const analysis = insight.analyses.get(name);
    const { digest, sizeBytes } = manifest;
    return {
      function: name,
      path,
      digest,
      sizeBytes,
      cached,
      ...(image === undefined ? {} : { image }),
      ...(analysis === undefined ? {} : { analysis }),
    };
  });
  return {
    schema: 1,
    artifacts: rows,
    ...(insight.why === null ? {} : { why: insight.why }),
    ...(error === null ? {} : errorDocument(error)),
  };
}

/** `--prune`: removes what no newest build needs, and says how much that was. */
function prune(project: Project, session: Session): { readonly freedBytes: number } {
  const freedBytes = pruneCache(project.config);
  session.say(session.colors.dim(`freed ${formatSize(freedBytes)} in .sluice`));
  return { freedBytes };
}

/** `sluice build` */
export async function build(session: Session): Promise<number> {
  if (flagOption(session.arguments, "watch")) return (await import("../watch/watch.ts")).watch(session);
  const started = session.context.now();
  const [project, ref] = await Promise.all([openProject(session), refOrNothing(session)]);
  const chosen = selectFunctions(project.config, session.arguments.operands);
  const artifacts = await bundleAll(project, chosen, ref, session);
  sayArtifacts(artifacts, session);
  const built = shownArtifacts(artifacts).filter(({ image }) => image === undefined);
  const folder = relative(session.context.cwd, built[0]?.path ?? "").replace(/[^/\\]+$/, "");
  const where = built.length === 0 ? "nothing to build" : `${built.length} in ${folder}`;
  session.say(session.colors.dim(`\n${where} in ${formatDuration(session.context.now() - started)}`));
  for (const notice of await sizeNotices(shownArtifacts(artifacts)))
    session.context.emit({ type: "notice", message: notice });
  const questions = {
    analyze: flagOption(session.arguments, "analyze"),
    why: textOption(session.arguments, "why") ?? null,
  };
  const insight = await insightInto(artifacts, project, questions, session);
  const error = await budgetError(project, artifacts, session);
  const pruned = flagOption(session.arguments, "prune") ? prune(project, session) : {};
  if (session.json) session.printJson({ ...documentOf(artifacts, insight, error), ...pruned });
  return error?.exitCode ?? 0;
}
