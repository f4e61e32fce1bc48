import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { createGitRepository, type Emulator, type GitRepository } from "@sluice/test-kit";
import { ROOT } from "./monorepo.ts";
import { type Ran, runProcess } from "./run-process.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";

/** The environment of the samples that tests deploy to. */
export const DEV = { account: "111111111111", region: "eu-west-1", environment: "dev" } as const;

/** Absolute path of a sample's CloudFormation template. */
export const template = (name: string): string =>
  join(ROOT, "infrastructure", "cloudformation", `${name}.yaml`);

const LEFT = /\/(?:node_modules|dist|\.sluice|\.turbo|coverage|__pycache__)$/;

/** Copies a sample out of the monorepo, as a repository of its own on `develop`, with the monorepo's dependencies. */
export async function createSample(name: string): Promise<GitRepository> {
  const repository = await createGitRepository();
  const source = join(ROOT, "apps", name);
  await cp(source, repository.path, { recursive: true, filter: (path) => !LEFT.test(path) });
  await repository.write(".gitignore", "node_modules\n.sluice/\n");
  await symlink(join(source, "node_modules"), join(repository.path, "node_modules"));
  await repository.git("checkout", "--quiet", "-B", "develop");
  await repository.commit("first");
  return repository;
}

/** Where Python's packages come from and are kept, as a CI keeps its cache. */
function packageVariables(): Record<string, string> {
  const names = /^(?:PIP_|UV_|SLUICE_CACHE$|XDG_CACHE|SSL_CERT|NODE_EXTRA|HTTPS?_PROXY|NO_PROXY)/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

/** Runs `npm run deploy` in a sample, as a CI job whose credentials may only assume roles. */
export function deploySample(repository: GitRepository, emulator: Emulator): Promise<Ran> {
  const npm = ["run", "--silent", "deploy", "--", "--require-existing", "--json"];
  return runProcess("npm", npm, { cwd: repository.path, env: ciEnvironment(emulator) });
}

/** Runs a command of Sluice in a sample, with the same credentials. */
export function sluiceInSample(
  repository: GitRepository,
  emulator: Emulator,
  args: readonly string[],
): Promise<Ran> {
  return sluice(repository.path, [...args, "--json"], ciEnvironment(emulator));
}

function ciEnvironment(emulator: Emulator): Record<string, string> {
  return jobEnvironment(process.env["HOME"] ?? "", {
    ...packageVariables(),
    GIT_CONFIG_GLOBAL: "/dev/null",
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: "999999999999",
    AWS_SECRET_ACCESS_KEY: "test",
    SLUICE_LOCAL_PYTHON: emulator.python,
  });
}
