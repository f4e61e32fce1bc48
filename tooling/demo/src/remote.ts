import { chmod, cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { x } from "tinyexec";

/** A function repository as a team has it: a bare remote whose pushes start a CI job, and a developer's clone. */
export interface Team {
  readonly name: string;
  /** The developer's clone. */
  readonly clone: string;
  git(...args: string[]): Promise<string>;
  /** Pushes a branch; gives what the CI job printed, with its exit code unless that is 0. */
  push(branch: string): Promise<string>;
}

export interface TeamOptions {
  readonly name: string;
  /** The sample application that becomes the repository. */
  readonly source: string;
  /** Folder for everything of the demo. */
  readonly scratch: string;
  /** Changes the first version before it is committed. */
  readonly prepare?: (clone: string) => Promise<void>;
  /** What the CI job gets: where AWS is, and credentials that may only assume roles. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
}

/** Files of the sample that are not part of a repository. */
const NOT_COPIED =
  /(?:^|\/)(?:node_modules|dist|\.sluice|\.turbo|coverage|test-results\.json|.*\.tsbuildinfo)$/;

const quote = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

/**
 * A hook that does what a CI job does: checks out the pushed commit into a clean folder, gives it its dependencies from
 * the cache, sets the variables that GitLab sets, and runs `npm run deploy`.
 */
function hookText(options: TeamOptions, remote: string): string {
  const job = join(options.scratch, "ci", options.name);
  const variables = Object.entries(options.jobEnvironment).map(([name, value]) => `${name}=${quote(value)}`);
  return `#!/bin/sh
set -eu
unset GIT_DIR GIT_QUARANTINE_PATH GIT_WORK_TREE
while read -r old new ref; do
  rm -rf ${quote(job)}
  git clone --quiet ${quote(remote)} ${quote(job)}
  cd ${quote(job)}
  git checkout --quiet "$new"
  ln -s ${quote(join(options.source, "node_modules"))} node_modules
  env -i PATH="$PATH" HOME=${quote(options.scratch)} NO_COLOR=1 CI=true GITLAB_CI=true CI_COMMIT_SHA="$new" \\
    CI_COMMIT_REF_NAME="\${ref#refs/heads/}" CI_COMMIT_BRANCH="\${ref#refs/heads/}" CI_JOB_ID=1 GITLAB_USER_LOGIN=ada \\
    ${variables.join(" ")} npm run --silent deploy || echo "exit code $?"
done
`;
}

/** Makes the remote and the clone, with a first commit on `main` and `develop` that was pushed before the hook was there. */
export async function createTeam(options: TeamOptions): Promise<Team> {
  const { name, source, scratch } = options;
  const remote = join(scratch, "remotes", `${name}.git`);
  const clone = join(scratch, "work", name);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: scratch,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  const run = async (cwd: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> => {
    const identity = [
      "-c",
      "user.name=Demo",
      "-c",
      "user.email=demo@example.com",
      "-c",
      "init.defaultBranch=main",
    ];
    return x("git", [...identity, ...args], {
      nodeOptions: { cwd, env },
      nodePath: false,
      throwOnError: true,
    });
  };
  const git = async (...args: string[]): Promise<string> => (await run(clone, args)).stdout.trim();
  await mkdir(join(scratch, "remotes"), { recursive: true });
  await mkdir(join(scratch, "ci"), { recursive: true });
  await cp(source, clone, { recursive: true, filter: (path) => !NOT_COPIED.test(path.slice(source.length)) });
  await symlink(join(source, "node_modules"), join(clone, "node_modules"));
  await options.prepare?.(clone);
  await run(scratch, ["init", "--quiet", "--bare", remote]);
  await git("init", "--quiet");
  await writeFile(join(clone, ".gitignore"), "node_modules\n.sluice/\ndist/\ntest-results.json\n");
  await git("add", "-A");
  await git("commit", "--quiet", "-m", "feat: first version");
  await git("branch", "develop");
  await git("remote", "add", "origin", remote);
  await git("push", "--quiet", "origin", "main", "develop");
  const hook = join(remote, "hooks", "post-receive");
  await writeFile(hook, hookText(options, remote));
  await chmod(hook, 0o755);
  const push = async (branch: string): Promise<string> => {
    const { stderr } = await run(clone, ["push", "origin", branch]);
    return remoteLines(stderr);
  };
  return { name, clone, git, push };
}

/** What the remote's hook printed: git marks each of its lines. */
function remoteLines(stderr: string): string {
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("remote:"))
    .map((line) => line.replace(/^remote: ?/, "").trimEnd())
    .join("\n");
}
