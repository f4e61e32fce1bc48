import { rmSync } from "node:fs";
import { join, posix } from "node:path";
import { bundler } from "@sluice/bundler";
import { type Artifact, finishConfig, type ResolvedConfig, type ResolvedFunction } from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import { causeOf } from "./cause.ts";
import type { Handler } from "./find-handlers.ts";
import type { Project } from "./find-projects.ts";
import type { Result } from "./result.ts";
import { concerns, failure, oneLine } from "./told.ts";

/** How the import check says that it came to no verdict. */
const UNPROVED = /the import check (?:proves nothing|was skipped)/;

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

/** What finds the Node.js of a runtime's major: a project has nothing else of this process's environment. */
function environment(): Record<string, string | undefined> {
  const named = Object.entries(process.env).filter(([name]) => /^(?:PATH|HOME|SLUICE_NODE_\d+)$/.test(name));
  return Object.fromEntries(named);
}

interface Outcome {
  readonly fn: ResolvedFunction;
  readonly settled: PromiseSettledResult<Artifact | undefined>;
  /** Notices that name this function, or none. */
  readonly notices: readonly string[];
}

async function bundleBatch(
  config: ResolvedConfig,
  all: readonly ResolvedFunction[],
): Promise<readonly Outcome[]> {
  const context = testContext({ cwd: config.root, env: environment() });
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
    notices: notices.filter((message) => concerns(message, fn.name)),
  }));
}

function resultOf(corpus: string, project: Project, outcome: Outcome, handler: Handler): Result {
  const file = posix.join(project.folder, handler.file);
  const scene = { corpus, folder: join(corpus, project.folder) };
  const { exportName } = handler;
  const { runtime } = outcome.fn;
  const base = { file, exportName, runtime, provided: [], notices: outcome.notices.map(oneLine) };
  if (outcome.settled.status === "rejected") {
    const { where, ...told } = failure(outcome.settled.reason);
    const cause = causeOf({ ...scene, code: told.code, message: told.reason, where });
    return { ...base, outcome: "failed", cause, ...told, sizeBytes: null };
  }
  const sizeBytes = outcome.settled.value?.manifest.sizeBytes ?? null;
  const bundled = { ...base, code: null, hint: "", sizeBytes };
  const unproved = base.notices.find((message) => UNPROVED.test(message));
  if (unproved === undefined) return { ...bundled, outcome: "passed", cause: null, reason: "" };
  const cause = causeOf({ ...scene, code: null, message: unproved, where: "" });
  return { ...bundled, outcome: "unproved", cause, reason: unproved };
}

/** Bundles and import-checks every handler of one project, as `sluice build` would. */
export async function tryProject(corpus: string, project: Project): Promise<readonly Result[]> {
  const config = configOf(join(corpus, project.folder), project);
  // What was built before is taken without a word.
  rmSync(join(config.root, ".sluice"), { recursive: true, force: true });
  const outcomes: Outcome[] = [];
  for (let start = 0; start < config.functions.length; start += BATCH)
    outcomes.push(...(await bundleBatch(config, config.functions.slice(start, start + BATCH))));
  return project.handlers.flatMap((handler, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [resultOf(corpus, project, outcome, handler)];
  });
}
