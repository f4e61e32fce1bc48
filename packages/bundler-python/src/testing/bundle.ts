import { readFileSync } from "node:fs";
import { readZip } from "@sluice/artifact";
import { type Artifact, type Config, isSluiceError, type Problem, resolveConfig } from "@sluice/core";
import type { TestContext } from "@sluice/test-kit";
import { bundlerPython } from "../bundler-python.ts";

/** What bundling all functions of a configuration came to. */
export interface Bundled {
  readonly artifacts: readonly Artifact[];
  readonly problems: readonly Problem[];
  readonly notices: readonly string[];
}

/** Bundles the functions of a configuration as one run of the command does. */
export async function bundle(config: Config, context: TestContext): Promise<Bundled> {
  const { config: resolved, problems } = resolveConfig(config, { file: null, root: context.cwd });
  if (problems.length > 0) return { artifacts: [], problems, notices: [] };
  const plugin = bundlerPython();
  const { functions: all } = resolved;
  const ref = { branch: "develop", tag: null, commit: null, dirty: false, pullRequest: null, source: "git" };
  const outcomes = await Promise.allSettled(
    all.map(async (fn) =>
      plugin.bundle?.({ function: fn, all, config: resolved, ref, packageVersion: null }, context),
    ),
  );
  const refused = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );
  const defect = refused.find((reason) => !isSluiceError(reason));
  if (defect !== undefined) throw defect;
  return {
    artifacts: outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? (outcome.value ?? []) : [])),
    problems: refused.filter(isSluiceError).flatMap((error) => error.problems),
    notices: context.events.flatMap((event) => (event.type === "notice" ? [event.message] : [])),
  };
}

/** Path → text of an artifact's files. */
export function unpacked(artifact: Artifact | undefined): Record<string, string> {
  if (artifact === undefined) throw new Error("There is no artifact.");
  const { entries } = readZip(readFileSync(artifact.path));
  return Object.fromEntries(entries.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
}
