import { statSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Artifact,
  type GitRef,
  isSluiceError,
  joinErrors,
  type ResolvedFunction,
  runPhase,
  type SluiceError,
} from "@sluice/core";
import pMap from "p-map";
import { cliErrors } from "../errors.ts";
import { type Session, textOption } from "../session.ts";
import type { Project } from "./project.ts";

/** `--artifact FILE`: the one function's source becomes this zip. */
function withReadyZip(functions: readonly ResolvedFunction[], session: Session): readonly ResolvedFunction[] {
  const file = textOption(session.arguments, "artifact");
  if (file === undefined) return functions;
  const [only, ...others] = functions;
  if (only === undefined || others.length > 0) throw cliErrors.artifactOption(functions.length);
  const path = resolve(session.context.cwd, file);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw cliErrors.artifactFile(file, "there is no such file");
  if (!stat.isFile() || !/\.zip$/i.test(path)) throw cliErrors.artifactFile(file, "it is not a .zip file");
  return [
    {
      ...only,
      source: "zip",
      entry: path,
      command: null,
      inputs: null,
      assets: [],
    },
  ];
}

/**
 * Runs the bundle phase for each function, then the attest phase for each artifact. Functions are handed over
 * together, so that a bundler can build several in one go; every function's errors are shown at once.
 */
export async function bundleAll(
  project: Project,
  chosen: readonly ResolvedFunction[],
  ref: GitRef | null,
  session: Session,
): Promise<readonly Artifact[]> {
  const { config, plugins, packageVersion } = project;
  const { context } = session;
  const all = withReadyZip(chosen, session);
  // In the order of the functions, whichever fails first: the same mistakes make the same text.
  const outcomes = await Promise.all(
    all.map(async (each) => {
      try {
        const input = { function: each, all, config, ref, packageVersion };
        const [answer] = (await runPhase("bundle", plugins, input, context)).answers;
        if (answer === undefined) throw cliErrors.notBundled(each.name, each.runtime);
        return answer.value;
      } catch (error) {
        if (!isSluiceError(error)) throw error;
        return error;
      }
    }),
  );
  const joined = joinErrors(distinct(outcomes.filter(isSluiceError)));
  if (joined !== undefined) throw joined;
  const artifacts = outcomes.flatMap((outcome) => (isSluiceError(outcome) ? [] : [outcome]));
  const attest = (artifact: Artifact) => runPhase("attest", plugins, { artifact, config }, context);
  await pMap(artifacts, attest, { concurrency: context.concurrency });
  return artifacts;
}

/** Functions that were built together may fail with one and the same error. */
function distinct(errors: readonly SluiceError[]): SluiceError[] {
  const seen = new Set<string>();
  return errors.filter((error) => {
    const key = JSON.stringify(error.problems);
    return !seen.has(key) && seen.add(key);
  });
}
