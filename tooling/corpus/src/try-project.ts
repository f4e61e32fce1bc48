import { join, posix } from "node:path";
import { bundler } from "@sluice/bundler";
import {
  type Artifact,
  finishConfig,
  isSluiceError,
  type ResolvedConfig,
  type ResolvedFunction,
  type SluiceError,
} from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import type { Project } from "./find-projects.ts";
import type { Result } from "./result.ts";

/** Functions bundled at once, so that a project of hundreds does not need the memory for all. */
const BATCH = 40;

/** A configuration as its users would write it: entries, and nothing else. */
function configOf(root: string, project: Project): ResolvedConfig {
  const functions = project.handlers.map(({ file, exportName }, index): [string, string] => [
    `handler-${index}`,
    exportName === "handler" ? file : `${file}#${exportName}`,
  ]);
  return finishConfig({ functions: Object.fromEntries(functions) }, null, root);
}

/** The first problem in one line, with its place. */
function failure(error: unknown): Pick<Result, "code" | "reason"> {
  if (!isSluiceError(error))
    return { code: "DEFECT", reason: error instanceof Error ? error.message : String(error) };
  const [first] = (error as SluiceError).problems;
  const where = first?.where === undefined ? "" : ` (${first.where})`;
  const reason = `${first?.message ?? ""}${where}`.replace(/\s+/g, " ");
  return { code: first?.code ?? "DEFECT", reason: reason.replace(/^handler-\d+: /, "") };
}

interface Outcome {
  readonly fn: ResolvedFunction;
  readonly settled: PromiseSettledResult<Artifact | undefined>;
  /** Notices that name this function. */
  readonly notices: readonly string[];
}

async function bundleBatch(
  config: ResolvedConfig,
  all: readonly ResolvedFunction[],
): Promise<readonly Outcome[]> {
  const context = testContext({
    cwd: config.root,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
  });
  const plugin = bundler();
  const settled = await Promise.allSettled(
    all.map(async (fn) =>
      plugin.bundle?.({ function: fn, all, config, ref: null, packageVersion: null }, context),
    ),
  );
  const notices = context.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  return all.map((fn, index) => ({
    fn,
    settled: settled[index] as PromiseSettledResult<Artifact | undefined>,
    notices: notices.filter((message) => new RegExp(`\\b${fn.name}\\b`).test(message)),
  }));
}

function resultOf(project: Project, outcome: Outcome, index: number): Result {
  const handler = project.handlers[index];
  const file = posix.join(project.folder, handler?.file ?? "");
  const base = { file, exportName: handler?.exportName ?? "" };
  if (outcome.settled.status === "rejected")
    return { ...base, outcome: "failed", ...failure(outcome.settled.reason), sizeBytes: null };
  const sizeBytes = outcome.settled.value?.manifest.sizeBytes ?? null;
  const unproved = outcome.notices.find((message) => /not proved|not checked/i.test(message));
  if (unproved !== undefined)
    return { ...base, outcome: "unproved", code: null, reason: unproved, sizeBytes };
  return { ...base, outcome: "passed", code: null, reason: outcome.notices.join(" "), sizeBytes };
}

/** Bundles and import-checks every handler of one project, as `sluice build` would. */
export async function tryProject(corpus: string, project: Project): Promise<readonly Result[]> {
  const config = configOf(join(corpus, project.folder), project);
  const outcomes: Outcome[] = [];
  for (let start = 0; start < config.functions.length; start += BATCH)
    outcomes.push(...(await bundleBatch(config, config.functions.slice(start, start + BATCH))));
  return outcomes.map((outcome, index) => resultOf(project, outcome, index));
}
