import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRepository, type FunctionRepository } from "../function-repository.ts";
import { runProcess } from "../run-process.ts";
import { jobEnvironment, sluice } from "../sluice-command.ts";
import { configOf, type Scenario } from "./scenario.ts";
import { shortTimeouts } from "./short-timeouts.ts";
import type { Station } from "./station.ts";
import { createWorld, type World } from "./world.ts";

/** A built repository that is deployed to one world after the other. */
export interface Stage {
  readonly scenario: Scenario;
  readonly station: Station;
  /** Endpoint of AWS itself, past the proxy. */
  readonly aws: string;
  readonly repository: FunctionRepository;
  /** A built clone of the commit before, in scenarios that go back to it. */
  readonly earlier: string | null;
  /** Of the commit that has to be live in the end. */
  readonly commit: string;
  /** Function → CodeSha256 of what has to be live in the end, as AWS gives it. */
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

type Codes = Readonly<Record<string, string>>;

/** Function → CodeSha256 of what was built in a folder. */
async function codesIn(folder: string, names: readonly string[]): Promise<Codes> {
  const codes = names.map(async (name) => {
    const file = join(folder, ".sluice", "artifacts", `${name}.manifest.json`);
    const { codeSha256 } = JSON.parse(await readFile(file, "utf8")) as { codeSha256: string };
    return [name, codeSha256] as const;
  });
  return Object.fromEntries(await Promise.all(codes));
}

async function build(cwd: string, home: string): Promise<void> {
  const env = jobEnvironment(home, { FAULTS_ACCOUNT: "100000000000", FAULTS_WORLD: "build" });
  const { exitCode, stderr } = await sluice(cwd, ["build"], env);
  if (exitCode !== 0) throw new Error(stderr);
}

const sourcesOf = ({ functions }: Scenario, text = ""): Record<string, string> =>
  Object.fromEntries(
    functions.map((name) => [
      `src/${name}.js`,
      `export const handler = async () => ${JSON.stringify(name + text)};\n`,
    ]),
  );

interface Earlier {
  readonly path: string;
  readonly commit: string;
  readonly codes: Codes;
}

/** Clones and builds the repository as it is, and lets its functions have other code from then on. */
async function leaveBehind(repository: FunctionRepository, scenario: Scenario): Promise<Earlier> {
  const commit = await repository.git("rev-parse", "HEAD");
  const path = await mkdtemp(join(tmpdir(), "sluice-earlier-"));
  const args = ["clone", "--quiet", repository.path, path];
  await runProcess("git", args, { cwd: path, env: repository.env });
  await build(path, repository.home);
  for (const [file, text] of Object.entries(sourcesOf(scenario, ", later")))
    await repository.write(file, text);
  await repository.commit("later");
  return { path, commit, codes: await codesIn(path, scenario.functions) };
}

/** Makes and builds the repository of a scenario. */
export async function createStage({
  scenario,
  station,
  endpoint,
  account,
  publishesTwice = false,
}: StageOptions): Promise<Stage> {
  const repository = await createRepository({
    "package.json": '{"version":"1.0.0","type":"module"}',
    ...sourcesOf(scenario),
    ...scenario.files,
    "sluice.config.mjs": configOf(scenario),
  });
  const earlier = scenario.goesBack === true ? await leaveBehind(repository, scenario) : null;
  await build(repository.path, repository.home);
  return {
    scenario,
    station,
    aws: endpoint,
    repository,
    earlier: earlier?.path ?? null,
    publishesTwice,
    commit: earlier?.commit ?? (await repository.git("rev-parse", "HEAD")),
    codeSha256: earlier?.codes ?? (await codesIn(repository.path, scenario.functions)),
    nodeOptions: await shortTimeouts(repository.home),
    nextWorld: () => createWorld(endpoint, scenario, nextId(), account),
    dispose: async () => {
      await repository.dispose();
      if (earlier !== null) await rm(earlier.path, { recursive: true, force: true });
    },
  };
}
