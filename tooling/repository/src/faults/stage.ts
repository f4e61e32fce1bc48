import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRepository, type FunctionRepository } from "../function-repository.ts";
import { jobEnvironment, sluice } from "../sluice-command.ts";
import { configOf, type Scenario } from "./scenario.ts";
import { shortTimeouts } from "./short-timeouts.ts";
import type { Station } from "./station.ts";
import { createWorld, type World } from "./world.ts";

/** A built repository that is deployed to one world after the other. */
export interface Stage {
  readonly scenario: Scenario;
  readonly station: Station;
  readonly repository: FunctionRepository;
  /** Of the commit that is deployed. */
  readonly commit: string;
  /** Function → CodeSha256 of what is deployed, as AWS gives it. */
  readonly codeSha256: Readonly<Record<string, string>>;
  /** Whether AWS's player here leaves two versions when an update is carried out twice. */
  readonly publishesTwice: boolean;
  /** Options for Node.js, before the command. */
  readonly nodeOptions: readonly string[];
  nextWorld(): Promise<World>;
  dispose(): Promise<void>;
}

export interface StageOptions {
  readonly scenario: Scenario;
  readonly station: Station;
  /** Of the emulator itself: worlds are made and looked at past the proxy. */
  readonly endpoint: string;
  /** Where all worlds are in one account. */
  readonly account?: string;
  readonly publishesTwice?: boolean;
}

let serial = 0;

/** Another twelve digits each time. */
export function nextId(): string {
  serial += 1;
  return String(100_000_000_000 + serial);
}

async function codeOf(repository: FunctionRepository, name: string): Promise<string> {
  const file = join(repository.path, ".sluice", "artifacts", `${name}.manifest.json`);
  return (JSON.parse(await readFile(file, "utf8")) as { codeSha256: string }).codeSha256;
}

/** Makes and builds the repository of a scenario. */
export async function createStage({
  scenario,
  station,
  endpoint,
  account,
  publishesTwice = false,
}: StageOptions): Promise<Stage> {
  const sources = scenario.functions.map((name) => [
    `src/${name}.js`,
    `export const handler = async () => ${JSON.stringify(name)};\n`,
  ]);
  const repository = await createRepository({
    "package.json": '{"version":"1.0.0","type":"module"}',
    ...Object.fromEntries(sources),
    ...scenario.files,
    "sluice.config.mjs": configOf(scenario),
  });
  const env = jobEnvironment(repository.home, { FAULTS_ACCOUNT: "100000000000", FAULTS_WORLD: "build" });
  const built = await sluice(repository.path, ["build"], env);
  if (built.exitCode !== 0) throw new Error(built.stderr);
  const codes = scenario.functions.map(async (name) => [name, await codeOf(repository, name)] as const);
  return {
    scenario,
    station,
    repository,
    publishesTwice,
    commit: await repository.git("rev-parse", "HEAD"),
    codeSha256: Object.fromEntries(await Promise.all(codes)),
    nodeOptions: await shortTimeouts(repository.home),
    nextWorld: () => createWorld(endpoint, scenario, nextId(), account),
    dispose: repository.dispose,
  };
}
