import { type Emulator, startEmulator } from "@sluice/test-kit";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import type { Ran } from "./run-process.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";
import { createStub, inspect, type Place } from "./stub-function.ts";

/** What `--json` prints, as far as tests look at it. */
export interface Printed {
  readonly environment: string | null;
  readonly command: string;
  readonly commit: string | null;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
  readonly targets: readonly {
    readonly function: string;
    readonly target: string;
    readonly outcome: string;
    readonly version: string | null;
    readonly digest: string | null;
    readonly codeSha256: string | null;
    readonly reason: string;
    readonly apiCalls: Readonly<Record<string, number>>;
    readonly error: { readonly code: string } | null;
  }[];
}

export const DEV = "111111111111";
const STAGING = "222222222222";
const PROD = "333333333333";

const ACCOUNTS: Readonly<Record<string, string>> = { dev: DEV, staging: STAGING, prod: PROD };

const accountOf = (environment: string, oneAccount: boolean): string =>
  (oneAccount ? undefined : ACCOUNTS[environment]) ?? DEV;

/** Text of a handler that answers with a text. */
export const handler = (text: string): string =>
  `export const handler = async () => ${JSON.stringify(text)};\n`;

/** A team's repository on `develop`, and what is provisioned in three accounts. */
export interface DeployedWorld {
  readonly repository: FunctionRepository;
  /** Runs in the account of an environment. */
  run(
    environment: string,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<Ran & { readonly printed: Printed }>;
  /** CodeSha256 that callers of a function get. */
  live(environment: string, name?: string): Promise<string | undefined>;
  write(file: string, text: string): Promise<void>;
}

export interface WorldOptions {
  readonly names?: readonly string[];
  /** Of all environments. `{account}` stands for theirs. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly prod?: Readonly<Record<string, unknown>>;
  /** Whether environments have one, all the same. Default `true`. */
  readonly store?: boolean;
  /** Whether all environments are in one account, that of dev. Default `false`. */
  readonly oneAccount?: boolean;
}

/** An emulator with worlds in it, all of which end together. */
export async function openWorlds(): Promise<{
  readonly emulator: Emulator;
  world(options?: WorldOptions): Promise<DeployedWorld>;
  close(): Promise<void>;
}> {
  const emulator = await startEmulator();
  const repositories: FunctionRepository[] = [];
  let serial = 0;
  const world = async (options: WorldOptions = {}): Promise<DeployedWorld> => {
    serial += 1;
    const id = serial;
    const { names = ["orders"], oneAccount = false } = options;
    const repository = await createRepository(filesOf(options, id));
    repositories.push(repository);
    const place = (environment: string): Place => ({
      endpoint: emulator.endpoint,
      account: accountOf(environment, oneAccount),
      region: "eu-west-1",
    });
    for (const name of names)
      for (const environment of Object.keys(ACCOUNTS))
        await createStub(place(environment), `${name}-${environment}-${id}`, { alias: "live" });
    return {
      repository,
      run: async (environment, args, env = {}) => {
        const ran = await sluice(
          repository.path,
          [...args, "--json"],
          jobEnvironment(repository.home, {
            AWS_ENDPOINT_URL: emulator.endpoint,
            AWS_ACCESS_KEY_ID: place(environment).account,
            AWS_SECRET_ACCESS_KEY: "test",
            ...env,
          }),
        );
        if (ran.stdout === "") throw new Error(`nothing was printed: ${ran.stderr}`);
        return { ...ran, printed: JSON.parse(ran.stdout) as Printed };
      },
      live: async (environment, name = "orders") =>
        (await inspect(place(environment), `${name}-${environment}-${id}`, "live")).codeSha256,
      write: (file, text) => repository.write(file, text),
    };
  };
  const close = async (): Promise<void> => {
    await emulator.stop();
    for (const repository of repositories) await repository.dispose();
  };
  return { emulator, world, close };
}

function filesOf(
  { names = ["orders"], more = {}, prod = {}, store = true, oneAccount = false }: WorldOptions,
  id: number,
): Record<string, string> {
  const environment = (name: string) => ({
    account: accountOf(name, oneAccount),
    region: "eu-west-1",
    name: `{function}-${name}-${id}`,
    alias: "live",
    ...(store ? { store: ".store" } : {}),
    ...(JSON.parse(JSON.stringify(more).replaceAll("{account}", accountOf(name, oneAccount))) as object),
  });
  const written = {
    functions: Object.fromEntries(names.map((name) => [name, `src/${name}.ts`])),
    environments: {
      dev: environment("dev"),
      staging: environment("staging"),
      prod: { ...environment("prod"), promoteFrom: "staging", ...prod },
    },
  };
  return {
    ".gitignore": "node_modules\n.sluice/\n.store*/\n",
    "package.json": JSON.stringify({ name: "team", version: "1.0.0", type: "module" }),
    "sluice.config.json": JSON.stringify(written),
    ...Object.fromEntries(names.map((name) => [`src/${name}.ts`, handler("one")])),
  };
}
