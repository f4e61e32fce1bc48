import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRepository, type FunctionRepository } from "../function-repository.ts";
import { runProcess } from "../run-process.ts";
import { jobEnvironment, sluice } from "../sluice-command.ts";

export const FUNCTIONS: readonly string[] = ["orders", "invoices"];
export const ALIAS = "live";

/** A clone as CI has it: its branch stands on one commit, and it knows all that was pushed. */
export interface Contender {
  /** Place of its commit in the history, from 0. */
  readonly age: number;
  readonly path: string;
  /** Function → CodeSha256 of its build. */
  readonly codes: Readonly<Record<string, string>>;
}

/** A history of commits, each changing both functions, and a built clone of each. */
export interface History {
  readonly origin: FunctionRepository;
  readonly contenders: readonly Contender[];
  dispose(): Promise<void>;
}

const CONFIG = `
const { RACE_WORLD: account, RACE_STORE: stored, RACE_LEASE: lease } = process.env;
export default {
  functions: { orders: "src/orders.js", invoices: "src/invoices.js" },
  environments: {
    dev: {
      account,
      region: "eu-west-1",
      name: "{function}-dev",
      alias: "live",
      ...(stored ? { store: "s3://race-" + account + "/team", lease: lease === "1" } : {}),
    },
  },
};
`;

const source = (name: string, revision: number): string =>
  `export const handler = async () => "${name} ${revision}";\n`;

async function codesOf(path: string): Promise<Record<string, string>> {
  const codes: Record<string, string> = {};
  for (const name of FUNCTIONS) {
    const text = await readFile(join(path, ".sluice", "artifacts", `${name}.manifest.json`), "utf8");
    codes[name] = (JSON.parse(text) as { codeSha256: string }).codeSha256;
  }
  return codes;
}

/** Makes a linear history of so many commits, and clones and builds each. */
export async function createHistory(count: number): Promise<History> {
  const sources = (revision: number): Record<string, string> =>
    Object.fromEntries(FUNCTIONS.map((name) => [`src/${name}.js`, source(name, revision)]));
  const origin = await createRepository({
    "package.json": '{"version":"1.0.0","type":"module"}',
    "sluice.config.mjs": CONFIG,
    ...sources(0),
  });
  const commits = [await origin.git("rev-parse", "HEAD")];
  for (let age = 1; age < count; age += 1) {
    for (const [file, text] of Object.entries(sources(age))) await origin.write(file, text);
    commits.push(await origin.commit(`revision ${age}`));
  }
  const clones = await mkdtemp(join(tmpdir(), "sluice-race-"));
  const git = (cwd: string, ...args: readonly string[]): Promise<unknown> =>
    runProcess("git", args, { cwd, env: origin.env });
  const contenders: Contender[] = [];
  for (const [age, commit] of commits.entries()) {
    const path = join(clones, String(age));
    await git(clones, "clone", "--quiet", origin.path, path);
    await git(path, "checkout", "--quiet", "-B", "develop", commit);
    const built = await sluice(path, ["build"], jobEnvironment(origin.home, { RACE_WORLD: "111111111111" }));
    if (built.exitCode !== 0) throw new Error(built.stderr);
    contenders.push({ age, path, codes: await codesOf(path) });
  }
  return {
    origin,
    contenders,
    dispose: async () => {
      await origin.dispose();
      await rm(clones, { recursive: true, force: true });
    },
  };
}
