import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { createGitRepository, startEmulator, startProxy } from "@sluice/test-kit";
import { createCleanup } from "../cleanup.ts";
import { runCommand } from "../command.ts";
import { SLUICE } from "../root.ts";
import { ACCOUNT } from "./fleet-run.ts";

const REGION = "eu-west-1";
const FUNCTION = "orders";
const ALIAS = "live";
const BUCKET = "bench-artifacts";

export type EnvironmentName = "plain" | "alias" | "stored" | "canary";

/** What each says beside account, region and name. */
const ENVIRONMENTS: Readonly<Record<EnvironmentName, object>> = {
  plain: {},
  alias: { alias: ALIAS },
  stored: { alias: ALIAS, store: `s3://${BUCKET}/team` },
  canary: { alias: ALIAS, traffic: { canary: 10, bake: "1s" } },
};

/** What a run called: by the proxy, and by the row of its own report. */
export interface Called {
  /** Operation → how often. */
  readonly lambda: Readonly<Record<string, number>>;
  readonly others: Readonly<Record<string, number>>;
  readonly reported: Readonly<Record<string, number>>;
}

/** One function in several environments, each of which has code that is older than what was built. */
export interface CallsScene {
  /** Runs the command in an environment; fails unless its row says this. */
  run(environment: EnvironmentName, command: string, wanted: string): Promise<Called>;
  dispose(): Promise<void>;
}

function configuration(): string {
  const environments = Object.entries(ENVIRONMENTS).map(([name, more]) => {
    const common = {
      account: ACCOUNT,
      region: REGION,
      name: "{function}-{environment}",
      allowAnyBranch: true,
    };
    return [name, { ...common, ...more }];
  });
  const functions = { [FUNCTION]: `src/${FUNCTION}.js` };
  return JSON.stringify({ functions, environments: Object.fromEntries(environments) });
}

/** The embedded AWS reads of a signature whose it is, and no more. */
async function createBucket(endpoint: string): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20261121/${REGION}/s3/aws4_request, Signature=00`;
  const body = `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`;
  const request = { method: "PUT", headers: { authorization }, body };
  const answer = await fetch(`${endpoint}/${BUCKET}`, request);
  if (!answer.ok) throw new Error(`The bucket could not be created: ${answer.status}.`);
}

async function provision(endpoint: string, zip: Buffer): Promise<void> {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const place = { endpoint, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: "test" } };
  const client = new LambdaClient(place);
  try {
    await createBucket(endpoint);
    for (const environment of Object.keys(ENVIRONMENTS)) {
      const FunctionName = `${FUNCTION}-${environment}`;
      const Role = `arn:aws:iam::${ACCOUNT}:role/execution`;
      const definition = { FunctionName, Role, Runtime: "nodejs22.x", Handler: "index.handler" } as const;
      await client.send(new CreateFunctionCommand({ ...definition, Code: { ZipFile: zip }, Publish: true }));
      await waitUntilFunctionActiveV2({ client, maxWaitTime: 30 }, { FunctionName });
      if (environment === "plain") continue;
      await client.send(new CreateAliasCommand({ FunctionName, Name: ALIAS, FunctionVersion: "1" }));
    }
  } finally {
    client.destroy();
  }
}

function countOf(operations: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const operation of operations) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/** Starts everything that is needed to count calls; `dispose` ends and removes it. */
export async function createCallsScene(signal: AbortSignal): Promise<CallsScene> {
  const cleanup = createCleanup();
  try {
    const emulator = await startEmulator();
    cleanup.add(() => emulator.stop());
    const proxy = await startProxy(emulator.endpoint);
    cleanup.add(() => proxy.stop());
    const home = await mkdtemp(join(tmpdir(), "sluice-bench-"));
    cleanup.add(() => rm(home, { recursive: true, force: true }));
    const repository = await createGitRepository();
    cleanup.add(() => repository.dispose());
    await repository.write(".gitignore", ".sluice/\n");
    await repository.write("package.json", '{"version":"1.0.0","type":"module"}');
    await repository.write("sluice.config.json", configuration());
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      NO_COLOR: "1",
      AWS_ENDPOINT_URL: proxy.endpoint,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
    };
    const sluice = (...args: readonly string[]): Promise<string> =>
      runCommand(process.execPath, [SLUICE, ...args], { cwd: repository.path, env, signal });
    const build = async (text: string): Promise<void> => {
      await repository.write(`src/${FUNCTION}.js`, `export const handler = async () => "${text}";\n`);
      await repository.commit(text);
      await sluice("build");
    };
    await build("first");
    const zip = join(repository.path, ".sluice", "artifacts", `${FUNCTION}.zip`);
    await provision(emulator.endpoint, await readFile(zip));
    // The second deployment is as all that follow: there are records, and a predecessor.
    await build("second");
    for (const environment of Object.keys(ENVIRONMENTS)) await sluice("deploy", "--environment", environment);
    await build("third");
    return {
      run: async (environment, command, wanted) => {
        proxy.reset();
        const text = await sluice(command, "--environment", environment, "--json");
        const [row] = (JSON.parse(text) as Printed).targets;
        if (row?.outcome !== wanted) throw new Error(`sluice ${command} came to ${row?.outcome}.`);
        const named = (isLambda: boolean): string[] =>
          proxy.calls
            .filter(({ service }) => (service === "lambda") === isLambda)
            .map(({ operation }) => operation);
        return { lambda: countOf(named(true)), others: countOf(named(false)), reported: row.apiCalls };
      },
      dispose: () => cleanup.run(),
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

interface Printed {
  readonly targets: readonly { readonly outcome: string; readonly apiCalls: Record<string, number> }[];
}
