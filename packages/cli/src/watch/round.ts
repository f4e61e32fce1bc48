import { type WatchedFolders, watchedFolders } from "@sluice/artifact";
import { sizeRefusals } from "@sluice/bundler";
import {
  type Artifact,
  isSluiceError,
  joinErrors,
  type ResolvedFunction,
  type SluiceError,
} from "@sluice/core";
import { type Session, textOption } from "../session.ts";
import { bundleAll } from "../workflow/bundle.ts";
import { openProject, openRef, type Project, selectFunctions } from "../workflow/project.ts";
import { configurationFolders } from "./configuration-folders.ts";
import type { FolderWatch } from "./folder-watch.ts";

/** What one look at everything came to. */
export interface Round {
  readonly artifacts: readonly Artifact[];
  /** Names of all configured functions that were asked for; `null` when the configuration could not be read. */
  readonly functions: readonly string[] | null;
  readonly error: SluiceError | null;
  readonly durationMs: number;
}

/** A command that tells nothing of what it reads would run at each change, and what it makes may be one. */
function isWatchable(fn: ResolvedFunction): boolean {
  return fn.command === null || fn.inputs !== null;
}

/** Adds the configuration's own folders. */
function withConfiguration(folders: WatchedFolders, session: Session): WatchedFolders {
  const own = configurationFolders(session.context.cwd, textOption(session.arguments, "config"));
  return { deep: folders.deep, flat: [...new Set([...folders.flat, ...own])] };
}

async function buildChosen(
  project: Project,
  chosen: readonly ResolvedFunction[],
  session: Session,
): Promise<Pick<Round, "artifacts" | "error">> {
  const ref = await openRef(session).catch(() => null);
  // A list of its own: the bundler takes what it is given together for one run.
  const artifacts = await bundleAll(project, [...chosen], ref, session);
  return { artifacts, error: joinErrors(await sizeRefusals(project.config, artifacts)) ?? null };
}

/** A problem of the sources or the configuration, which a change may mend; all else ends the watch. */
function mendable(error: unknown, session: Session): SluiceError {
  if (isSluiceError(error) && !session.context.signal.aborted && error.exitCode !== 1) return error;
  throw error;
}

/**
 * Builds what has changed. The configuration is read anew each time, which costs next to nothing when it is unchanged. Folders
 * are followed before anything in them is read, so that no change is missed.
 */
export async function playRound(session: Session, folders: FolderWatch, isFirst: boolean): Promise<Round> {
  const started = session.context.now();
  const took = (): number => session.context.now() - started;
  let functions: readonly string[] | null = null;
  try {
    const project = await openProject(session);
    const chosen = selectFunctions(project.config, session.arguments.operands);
    functions = chosen.map(({ name }) => name);
    const watched = chosen.filter((fn) => isFirst || isWatchable(fn));
    const follow = (): boolean =>
      folders.follow(withConfiguration(watchedFolders(project.config, watched), session));
    follow();
    const built = await buildChosen(project, watched, session).finally(() => {
      // What the build was the first to tell was not watched meanwhile.
      if (follow()) folders.notice();
    });
    return { ...built, functions, durationMs: took() };
  } catch (error) {
    return { artifacts: [], functions, error: mendable(error, session), durationMs: took() };
  }
}
