import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A real git repository in a temporary folder. */
export interface GitRepository {
  /** Absolute path of the work tree, without symbolic links. */
  readonly path: string;
  /** The whole environment that git ran with: nothing of the user's or the system's configuration, nor of a hook's. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Runs `git` in the work tree.
   *
   * @returns stdout without its last line break
   * @throws when git exits with anything but 0; stderr is in the message
   */
  git(...args: readonly string[]): Promise<string>;
  /** Writes a file of the work tree, with the folders above it. */
  write(file: string, text: string): Promise<void>;
  /**
   * Commits everything that is there, even nothing new.
   *
   * @returns the commit
   */
  commit(message: string): Promise<string>;
  dispose(): Promise<void>;
}

function isolated(home: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.com",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.com",
  };
}

/** Makes an empty repository that stands on `main`, which has no commit yet. */
export async function createGitRepository(): Promise<GitRepository> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "sluice-git-")));
  const env = isolated(path);
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run("git", [...args], { cwd: path, env });
    return stdout.replace(/\n$/, "");
  };
  await git("init", "--quiet", "--initial-branch=main");
  return {
    path,
    env,
    git,
    write: async (file, text) => {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), text);
    },
    commit: async (message) => {
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "--message", message);
      return git("rev-parse", "HEAD");
    },
    dispose: () => rm(path, { recursive: true, force: true }),
  };
}
