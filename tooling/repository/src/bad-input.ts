import { createRepository, type FunctionRepository } from "./function-repository.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";

const repositories: FunctionRepository[] = [];

/** Removes what {@link make} has made. */
export async function disposeAll(): Promise<void> {
  for (const repository of repositories.splice(0)) await repository.dispose();
}

const DEV = { environments: { dev: { region: "eu-west-1", name: "{function}-dev" } } };
/** A handler that nothing is wrong with. */
export const GOOD: string = "export const handler = async () => 1;\n";

/** How a command failed, as its JSON document says it. */
interface Failure {
  readonly exitCode: number | null;
  readonly codes: readonly string[];
  readonly error: { code: string; message: string; hint: string };
  readonly where: readonly (string | undefined)[];
  readonly stderr: string;
}

/** Makes a function repository with these files, on `branch`. */
export async function make(
  files: Readonly<Record<string, string>>,
  branch?: string,
): Promise<FunctionRepository> {
  const repository = await createRepository(
    { "package.json": '{"version":"1.0.0","type":"module"}', ...files },
    branch,
  );
  repositories.push(repository);
  return repository;
}

/** Runs a command whose endpoint would refuse every connection: whatever fails here fails before any call. */
export async function run(
  repository: FunctionRepository,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Failure> {
  const ran = await sluice(
    repository.path,
    [...args, "--json"],
    jobEnvironment(repository.home, {
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: "111111111111",
      AWS_SECRET_ACCESS_KEY: "test-secret",
      ...env,
    }),
  );
  const { error, errors = [] } = JSON.parse(ran.stdout) as {
    error: Failure["error"];
    errors?: { code: string; where?: string }[];
  };
  return {
    exitCode: ran.exitCode,
    error,
    codes: errors.map((each) => each.code),
    where: errors.map((each) => each.where),
    stderr: ran.stderr,
  };
}

/** A configuration with one environment, as JSON. */
export const config = (value: object): string => JSON.stringify({ ...DEV, ...value });
