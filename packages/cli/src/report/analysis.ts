import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import {
  type AnalysedArtifact,
  type Analysis,
  analyzeArtifact,
  notInside,
  type Reason,
} from "@sluice/bundler";
import { type Artifact, nearestOf, type ResolvedConfig } from "@sluice/core";
import { cliErrors } from "../errors.ts";
import type { Session } from "../session.ts";
import { formatAnalysis } from "./analysis-table.ts";
import { formatReasons } from "./analysis-why.ts";

/** What was found inside of the artifacts, as it stands in `build --json`. */
export interface Insight {
  /** By function. */
  readonly analyses: ReadonlyMap<string, object>;
  readonly why: readonly { readonly function: string; readonly reasons: readonly Reason[] }[] | null;
}

/** Which questions the command line asks. */
export interface Questions {
  readonly analyze: boolean;
  /** A package, package@version or path. */
  readonly why: string | null;
}

/** An analysis as it is printed: with how many modules each part has; which ones is for the page. */
function documentOf(analysis: Analysis): object {
  const { parts, duplicates, layers, provided, unzippedBytes, maxSizeBytes } = analysis;
  const counted = parts.map((part) => ({ ...part, modules: part.modules.length }));
  return { unzippedBytes, maxSizeBytes, parts: counted, duplicates, layers, provided };
}

async function writePage(
  analyses: readonly Analysis[],
  config: ResolvedConfig,
  session: Session,
): Promise<void> {
  const { formatPage } = await import("./analysis-html.ts");
  const folder = join(config.root, ".sluice");
  const path = join(folder, "analysis.html");
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, await formatPage(analyses));
  } catch (error) {
    throw cliErrors.unwritable(path, error);
  }
  session.say(session.colors.dim(`\nAs a map of all modules: ${relative(session.context.cwd, path)}`));
}

function sayUnknown(
  looked: readonly AnalysedArtifact[],
  artifacts: readonly Artifact[],
  session: Session,
): void {
  const blind = looked.filter(({ knowsModules }) => !knowsModules).map(({ analysis }) => analysis.function);
  const bundled = artifacts
    .filter(({ manifest: { tools } }) => "esbuild" in tools || "sluice-python-format" in tools)
    .map((each) => each.function);
  const names = blind.filter((name) => bundled.includes(name));
  if (names.length > 0)
    session.context.log.warn(
      `What was bundled into ${names.join(", ")} is not known any more: delete .sluice/cache and build again.`,
    );
}

function answerWhy(name: string, looked: readonly AnalysedArtifact[], session: Session): Insight["why"] {
  const why = looked.map(({ analysis, why }) => ({ function: analysis.function, reasons: why(name) }));
  if (why.every(({ reasons }) => reasons.length === 0)) {
    const known = [...new Set(looked.flatMap(({ names }) => names()))];
    const functions = why.map((each) => each.function);
    throw notInside(name, functions, nearestOf(name, known));
  }
  for (const each of why) session.say(`\n${formatReasons(each.function, each.reasons, session.colors)}`);
  return why;
}

/**
 * Looks into artifacts and shows what was asked for: a table for each function with a page for all, or the import chains to
 * one thing.
 *
 * @throws SLUICE_NOT_INSIDE, SLUICE_FILE_UNWRITABLE
 */
export async function lookInside(
  config: ResolvedConfig,
  artifacts: readonly Artifact[],
  questions: Questions,
  session: Session,
): Promise<Insight> {
  const looked: AnalysedArtifact[] = [];
  for (const artifact of artifacts) {
    session.context.signal.throwIfAborted();
    looked.push(await analyzeArtifact(artifact, config));
  }
  sayUnknown(looked, artifacts, session);
  const analyses = looked.map(({ analysis }) => analysis);
  if (questions.analyze) {
    for (const analysis of analyses) session.say(`\n${formatAnalysis(analysis, session.colors)}`);
    await writePage(analyses, config, session);
  }
  return {
    analyses: new Map(
      questions.analyze ? analyses.map((analysis) => [analysis.function, documentOf(analysis)]) : [],
    ),
    why: questions.why === null ? null : answerWhy(questions.why, looked, session),
  };
}
