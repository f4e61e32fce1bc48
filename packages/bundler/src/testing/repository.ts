import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readZip } from "@sluice/artifact";
import {
  type Artifact,
  isSluiceError,
  type Problem,
  type ResolvedConfig,
  type ResolvedFunction,
  type ResolvedLayer,
  resolvePython,
} from "@sluice/core";
import { type TestContext, testContext } from "@sluice/test-kit";
import { type BundlerOptions, bundler } from "../bundler.ts";

/** A function as the configuration's defaults leave it. */
export function functionOf(name: string, overrides: Partial<ResolvedFunction> = {}): ResolvedFunction {
  return {
    name,
    source: "module",
    entry: `src/${name}.ts`,
    exportName: "handler",
    handler: "index.handler",
    command: null,
    inputs: null,
    runtime: "nodejs22.x",
    runtimeDeclared: false,
    architecture: "x86_64",
    architectureDeclared: false,
    minify: true,
    sourcemap: true,
    format: "esm",
    target: null,
    external: [],
    include: [],
    provided: [],
    layers: [],
    assets: [],
    importCheck: { enabled: false, env: {} },
    licenses: false,
    maxSizeBytes: null,
    esbuild: {},
    tests: [],
    python: resolvePython({}),
    ...overrides,
  };
}

export interface Run {
  readonly artifacts: readonly Artifact[];
  readonly context: TestContext;
  readonly notices: readonly string[];
}

export interface RunOptions {
  readonly commit?: string | null;
  readonly packageVersion?: string | null;
  readonly layers?: readonly ResolvedLayer[];
  readonly context?: Partial<TestContext>;
  readonly bundler?: BundlerOptions;
}

/** Bundles functions as one run does. */
export async function bundleAll(
  root: string,
  functions: readonly ResolvedFunction[],
  options: RunOptions = {},
): Promise<Run> {
  const { run, outcomes } = await settleAll(root, functions, options);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return run;
}

export async function settleAll(
  root: string,
  functions: readonly ResolvedFunction[],
  options: RunOptions = {},
): Promise<{ run: Run; outcomes: PromiseSettledResult<Artifact | undefined>[] }> {
  const context = testContext({ cwd: root, env: { PATH: process.env.PATH }, ...options.context });
  const config: ResolvedConfig = {
    file: null,
    root,
    functions,
    layers: options.layers ?? [],
    environments: [],
    branches: [],
    plugins: [],
    concurrency: null,
  };
  const commit = options.commit ?? null;
  const ref = { branch: "develop", tag: null, commit, dirty: false, pullRequest: null, source: "git" };
  const plugin = bundler(options.bundler);
  const packageVersion = options.packageVersion ?? null;
  const outcomes = await Promise.allSettled(
    functions.map(async (fn) =>
      plugin.bundle?.({ function: fn, all: functions, config, ref, packageVersion }, context),
    ),
  );
  const artifacts = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" && outcome.value !== undefined ? [outcome.value] : [],
  );
  const notices = context.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  return { run: { artifacts, context, notices }, outcomes };
}

/** The problems that bundling one function ends with. */
export async function problemsOf(root: string, fn: ResolvedFunction): Promise<readonly Problem[]> {
  const { outcomes } = await settleAll(root, [fn]);
  const [outcome] = outcomes;
  if (outcome?.status !== "rejected") throw new Error("It was bundled.");
  if (!isSluiceError(outcome.reason)) throw outcome.reason;
  return outcome.reason.problems;
}

export function one(run: Run): Artifact {
  const [artifact] = run.artifacts;
  if (artifact === undefined) throw new Error("There is no artifact.");
  return artifact;
}

/** Path → text of a package's files. */
export function unpacked(artifact: Artifact): Record<string, string> {
  const { entries } = readZip(readFileSync(artifact.path));
  return Object.fromEntries(entries.map((entry) => [entry.path, Buffer.from(entry.bytes).toString()]));
}

/** Loads the handler as the Node.js runtime would, from the unpacked zip in a process of its own, and calls it. */
export async function invoke(
  artifact: Artifact,
  event: unknown,
  nodeOptions: readonly string[] = [],
): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-bundle-"));
  try {
    for (const { path, bytes, mode } of readZip(readFileSync(artifact.path)).entries) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
      chmodSync(join(folder, path), mode & 0o777);
    }
    const [module, ...names] = artifact.manifest.handler.split(".");
    const script = `
      import { existsSync } from "node:fs";
      import { pathToFileURL } from "node:url";
      const file = [".js", ".mjs", ".cjs"].map((e) => ${JSON.stringify(join(folder, module ?? ""))} + e).find(existsSync);
      const loaded = await import(pathToFileURL(file).href);
      const handler = ${JSON.stringify(names)}.reduce((at, name) => at[name] ?? at.default[name], loaded);
      process.stdout.write(JSON.stringify(await handler(${JSON.stringify(event)})));`;
    const args = [...nodeOptions, "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: {}, cwd: folder });
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
