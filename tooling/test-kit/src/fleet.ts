import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";
import { createGitRepository, type GitRepository } from "./git-repository.ts";
import { inPool } from "./pool.ts";

/** Where a fleet's functions are. */
export interface FleetPlace {
  readonly account: string;
  readonly region: string;
}

export interface FleetOptions {
  /** Of the emulator itself. */
  readonly endpoint: string;
  readonly functions: number;
  readonly places: readonly FleetPlace[];
  readonly alias: string | null;
  /** Bytes that each function has beside its code, which nothing compresses much. */
  readonly ballast?: number;
  /** Runs `sluice build` in a folder, with this as HOME. */
  readonly build: (cwd: string, home: string) => Promise<unknown>;
}

/** Many functions in one repository, each there in every place with the code that was built last. */
export interface Fleet {
  readonly repository: GitRepository;
  /** An empty folder that stands for the user's HOME. */
  readonly home: string;
  readonly names: readonly string[];
  /** Changes the code of all functions, and builds it. */
  revise(): Promise<void>;
  /** Function → CodeSha256 of what was built. */
  built(): Promise<ReadonlyMap<string, string>>;
  dispose(): Promise<void>;
}

const shared = (revision: number): string => `export const revision = ${revision};\n`;

/** Text that no compressor makes much smaller. */
function noise(bytes: number): string {
  let state = 1;
  const letters = Array.from({ length: bytes }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(48 + (state % 75));
  });
  return letters.join("").replace(/[\\`]/g, "_");
}

function environmentOf(places: readonly FleetPlace[], alias: string | null): object {
  const accounts = [...new Set(places.map(({ account }) => account))];
  const regions = [...new Set(places.map(({ region }) => region))];
  const [account] = accounts;
  return {
    regions,
    ...(accounts.length === 1 ? { account } : { accounts, role: "arn:aws:iam::{account}:role/deployer" }),
    ...(alias === null ? {} : { alias }),
  };
}

async function provision(
  { endpoint, alias }: FleetOptions,
  place: FleetPlace,
  repository: GitRepository,
  names: readonly string[],
): Promise<void> {
  const credentials = { accessKeyId: place.account, secretAccessKey: "test" };
  const client = new LambdaClient({ endpoint, region: place.region, credentials });
  await inPool(names, 8, async (name) => {
    const zip = await readFile(join(repository.path, ".sluice", "artifacts", `${name}.zip`));
    const FunctionName = name;
    await client.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: `arn:aws:iam::${place.account}:role/execution`,
        Code: { ZipFile: zip },
      }),
    );
    if (alias === null) return;
    const { Version } = await client.send(new PublishVersionCommand({ FunctionName }));
    await client.send(new CreateAliasCommand({ FunctionName, Name: alias, FunctionVersion: Version }));
  });
  client.destroy();
}

/** Builds a fleet, and provisions it in all of its places. */
export async function createFleet(options: FleetOptions): Promise<Fleet> {
  const digits = String(options.functions).length;
  const names = Array.from(
    { length: options.functions },
    (_, index) => `f${String(index).padStart(digits, "0")}`,
  );
  const ballast = options.ballast === undefined ? "" : noise(options.ballast);
  const sources = names.map((name) => [
    `src/${name}.js`,
    `import { revision } from "./shared.js";\nexport const handler = async () => "${name} " + revision + ${JSON.stringify(ballast)}.length;\n`,
  ]);
  const functions = Object.fromEntries(names.map((name) => [name, `src/${name}.js`]));
  const dev = environmentOf(options.places, options.alias);
  // A thousand processes that import what nobody doubts would take most of the time.
  const bundle = { sourcemap: false, importCheck: false };
  const repository = await createGitRepository();
  const home = await mkdtemp(join(tmpdir(), "sluice-home-"));
  const files: Readonly<Record<string, string>> = {
    ".gitignore": ".sluice/\n",
    "package.json": '{"version":"1.0.0","type":"module"}',
    "src/shared.js": shared(0),
    ...Object.fromEntries(sources),
    "sluice.config.json": JSON.stringify({ functions, bundle, environments: { dev } }),
  };
  for (const [file, text] of Object.entries(files)) await repository.write(file, text);
  await repository.git("checkout", "--quiet", "-B", "develop");
  await repository.commit("first");
  const build = (): Promise<unknown> => options.build(repository.path, home);
  await build();
  for (const place of options.places) await provision(options, place, repository, names);
  let revision = 0;
  return {
    repository,
    home,
    names,
    revise: async () => {
      revision += 1;
      await repository.write("src/shared.js", shared(revision));
      await repository.commit(`revision ${revision}`);
      await build();
    },
    built: async () => {
      const codes = await inPool(names, 8, async (name) => {
        const file = join(repository.path, ".sluice", "artifacts", `${name}.manifest.json`);
        const { codeSha256 } = JSON.parse(await readFile(file, "utf8")) as { codeSha256: string };
        return [name, codeSha256] as const;
      });
      return new Map(codes);
    },
    dispose: async () => {
      await repository.dispose();
      await rm(home, { recursive: true, force: true });
    },
  };
}
