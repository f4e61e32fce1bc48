import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { type FaultProxy, startEmulator, startProxy } from "@sluice/test-kit";
import type { BenchmarkOptions } from "../benchmark.ts";
import { createCleanup } from "../cleanup.ts";
import { runCommand } from "../command.ts";
import type { LambrollFunction } from "../peers/lambroll.ts";
import { SLUICE } from "../root.ts";
import { createFunctionRepository, type FunctionRepository } from "./function-repository.ts";

/** Milliseconds added to every API call: a round trip to a region of the same continent. */
export const DELAY_MS = 60;
export const ALIAS = "live";
const ACCOUNT = "111111111111";
const REGION = "eu-west-1";
/** The function of Sluice; each peer has one of its own, of the same code. */
const OWN_FUNCTION = "bench-sluice";

/** A function repository, an AWS behind a slow line, and functions that exist. */
export interface Scene {
  readonly repository: FunctionRepository;
  readonly proxy: FaultProxy;
  /** A folder for the peers' files, outside the repository. */
  readonly folder: string;
  /** The whole environment of what is measured. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes a function with the code that was built last, its first version, and the alias on it. */
  provision(functionName: string): Promise<LambrollFunction>;
  /** Runs `sluice` in the repository as a user's shell would. */
  sluice(...args: readonly string[]): Promise<string>;
  dispose(): Promise<void>;
}

function environment(home: string, endpoint: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    NO_COLOR: "1",
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // MiniStack takes twelve digits as access key for the account.
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
}

async function createFunction(endpoint: string, name: string, zip: string): Promise<LambrollFunction> {
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "test" };
  // Development's own tool: the SDK's notice about Node.js of 2027 would stand among the figures.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const client = new LambdaClient({ endpoint, region: REGION, credentials });
  const definition = {
    FunctionName: name,
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Role: `arn:aws:iam::${ACCOUNT}:role/execution`,
  } as const;
  try {
    const Code = { ZipFile: await readFile(zip) };
    await client.send(new CreateFunctionCommand({ ...definition, Code, Publish: true }));
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 30 }, { FunctionName: name });
    const alias = { FunctionName: name, Name: ALIAS, FunctionVersion: "1" };
    await client.send(new CreateAliasCommand(alias));
    return definition;
  } finally {
    client.destroy();
  }
}

/** Starts everything that the benchmark needs; `dispose` ends and removes it. */
export async function createScene({ signal }: BenchmarkOptions): Promise<Scene> {
  const cleanup = createCleanup();
  try {
    const emulator = await startEmulator();
    cleanup.add(() => emulator.stop());
    const proxy = await startProxy(emulator.endpoint, { delayMs: DELAY_MS });
    cleanup.add(() => proxy.stop());
    const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
    cleanup.add(() => rm(folder, { recursive: true, force: true }));
    const repository = await createFunctionRepository({
      functionName: OWN_FUNCTION,
      alias: ALIAS,
      account: ACCOUNT,
      region: REGION,
      signal,
    });
    cleanup.add(() => repository.dispose());
    const env = environment(folder, proxy.endpoint);
    const sluice = (...args: readonly string[]): Promise<string> =>
      runCommand(process.execPath, [SLUICE, ...args], { cwd: repository.path, env, signal });
    const provision = (name: string): Promise<LambrollFunction> =>
      createFunction(emulator.endpoint, name, repository.zip);
    await sluice("build");
    await provision(OWN_FUNCTION);
    return { repository, proxy, folder, env, provision, sluice, dispose: () => cleanup.run() };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
