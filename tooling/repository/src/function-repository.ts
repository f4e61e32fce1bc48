import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { x } from "tinyexec";
import { jobEnvironment } from "./sluice-command.ts";

/** A function repository in a temporary folder, with real git. */
export interface FunctionRepository {
  readonly path: string;
  /** An empty folder that stands for the job's HOME. */
  readonly home: string;
  write(file: string, text: string): Promise<void>;
  git(...args: string[]): Promise<string>;
  /** Commits everything; gives the commit. */
  commit(message: string): Promise<string>;
  dispose(): Promise<void>;
}

/** Makes a repository on `branch` with these files in its first commit. */
export async function createRepository(
  files: Readonly<Record<string, string>>,
  branch = "develop",
): Promise<FunctionRepository> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-repository-"));
  const path = join(folder, "repository");
  const home = join(folder, "home");
  await Promise.all([mkdir(path), mkdir(home)]);
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  };
  const git = async (...args: string[]): Promise<string> => {
    const identity = [
      "-c",
      "user.name=Test",
      "-c",
      "user.email=test@example.com",
      "-c",
      "commit.gpgsign=false",
    ];
    const env = jobEnvironment(home, { GIT_CONFIG_GLOBAL: "/dev/null" });
    const { stdout } = await x("git", [...identity, ...args], {
      nodeOptions: { cwd: path, env },
      nodePath: false,
      throwOnError: true,
    });
    return stdout.trim();
  };
  const commit = async (message: string): Promise<string> => {
    await git("add", "-A");
    await git("commit", "-q", "-m", message);
    return git("rev-parse", "HEAD");
  };
  await git("init", "-q", "-b", branch);
  for (const [file, text] of Object.entries({ ".gitignore": "node_modules\n.sluice/\n", ...files }))
    await write(file, text);
  await commit("first");
  return { path, home, write, git, commit, dispose: () => rm(folder, { recursive: true, force: true }) };
}
