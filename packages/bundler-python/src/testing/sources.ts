import { execFileSync } from "node:child_process";
import { isSluiceError, type Problem, type ResolvedFunction, resolvePython } from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import type { PythonRun } from "../run.ts";
import { findEntry, type PythonEntry } from "../source/entry.ts";
import { listSources, type OwnSources } from "../source/list-sources.ts";
import { pythonTarget } from "../target.ts";

export interface SourceCase {
  readonly entry: string;
  readonly exportName?: string;
  readonly handler?: string;
  readonly provided?: readonly string[];
  readonly runtime?: string;
}

/** A run for one function of a repository in a temporary folder. */
export function sourceRun(root: string, { entry, runtime = "python3.13", ...given }: SourceCase): PythonRun {
  const target = pythonTarget(runtime, "x86_64");
  if (target === null) throw new Error(`${runtime} is no runtime of Python`);
  const fn: ResolvedFunction = {
    name: "orders",
    source: "module",
    entry,
    exportName: "lambda_handler",
    handler: "index.handler",
    command: null,
    inputs: null,
    runtime,
    runtimeDeclared: true,
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
    importCheck: { enabled: true, env: {} },
    licenses: false,
    maxSizeBytes: null,
    esbuild: {},
    tests: [],
    python: resolvePython({}),
    ...given,
  };
  return {
    where: "functions.orders",
    fn,
    target,
    root,
    repository: root,
    cache: `${root}/.sluice/cache`,
    home: `${root}/.sluice/home`,
    context: testContext({ cwd: root }),
  };
}

export interface Listed {
  readonly run: PythonRun;
  readonly entry: PythonEntry;
  readonly own: OwnSources;
  /** Paths in the package, own files and what is generated. */
  readonly paths: readonly string[];
}

export function listed(root: string, given: SourceCase): Listed {
  const run = sourceRun(root, given);
  const entry = findEntry(run);
  const own = listSources(run, entry);
  const paths = [...own.files.map(({ to }) => to), ...own.generated.map(({ path }) => path)].sort();
  return { run, entry, own, paths };
}

/** What a Python of this machine prints. */
export function python(
  code: string,
  options: { readonly cwd?: string; readonly input?: string } = {},
): string {
  return execFileSync("python3", ["-I", "-c", code], { encoding: "utf8", timeout: 60_000, ...options });
}

/** The problems of what `work` throws; none when it throws nothing. */
export function problemsOf(work: () => unknown): readonly Problem[] {
  try {
    work();
    return [];
  } catch (error) {
    if (isSluiceError(error)) return error.problems;
    throw error;
  }
}
