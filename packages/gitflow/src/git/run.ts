import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { gitflowErrors } from "../errors.ts";

/** Where git is asked, and with which environment. */
export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Variables that point git away from the folder it runs in, or change what a pathspec means. git sets some of them for
 * its hooks (githooks(5)), where they would lead from the checkout back to the repository that was pushed to.
 */
const MISLEADING: ReadonlySet<string> = new Set([
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_COMMON_DIR",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
  "GIT_LITERAL_PATHSPECS",
  "GIT_GLOB_PATHSPECS",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
]);

function environmentOf(place: Place): NodeJS.ProcessEnv {
  const kept = Object.entries(place.env).filter(([name]) => !MISLEADING.has(name));
  // English messages, since failures are told apart by them; no lock, since reading must not write the index.
  return { ...Object.fromEntries(kept), LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
}

/** Whether a repository is around `folder`, as far as the file system shows it. */
function hasRepository(folder: string): boolean {
  if (existsSync(join(folder, ".git"))) return true;
  const parent = dirname(folder);
  return parent !== folder && hasRepository(parent);
}

/**
 * Runs git, never through a shell.
 *
 * Not by tinyexec: it lays the given environment over that of this process, puts `node_modules/.bin` before git on the
 * PATH, and decodes output chunk by chunk, which breaks a file name on a boundary.
 *
 * @returns whatever git exits with; `null` when git is not installed and no repository is there either
 * @throws SLUICE_GIT_NOT_INSTALLED, SLUICE_GIT_FAILED when git could not be started
 */
export function runGit(args: readonly string[], place: Place): Promise<GitAnswer | null> {
  return new Promise((resolve, reject) => {
    execFile(
      "git",
      [...args],
      { cwd: place.cwd, env: environmentOf(place), maxBuffer: Number.POSITIVE_INFINITY, windowsHide: true },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ exitCode: 0, stdout, stderr });
        if (typeof error.code === "number") return resolve({ exitCode: error.code, stdout, stderr });
        // A folder that is not there gives ENOENT as well.
        const missing = error.code === "ENOENT" && existsSync(place.cwd);
        if (!missing) return reject(gitflowErrors.failed(args[0] ?? "", place.cwd, error.message, error));
        return hasRepository(place.cwd)
          ? reject(gitflowErrors.notInstalled(place.cwd, error))
          : resolve(null);
      },
    );
  });
}
