import { resolvePython } from "@sluice/core";
import { type TestContext, testContext } from "@sluice/test-kit";
import { type CheckOptions, checkPython, type PackageFile } from "../check/check-python.ts";
import { anyPython, type Python } from "../check/find-python.ts";
import type { PythonRun } from "../run.ts";

/** A Python of this machine: tests take its minor version as the function's. */
export async function ownPython(): Promise<Python> {
  const { signal } = new AbortController();
  const python = await anyPython({ env: process.env, signal });
  if (python === null) throw new Error("No Python ≥ 3.8 is on this machine.");
  return python;
}

/** Environment of a run in which exactly one Python is found. */
export function environmentWith({ path, minor }: Python): Record<string, string> {
  return { [`SLUICE_PYTHON_3_${minor}`]: path, HOME: "/nonexistent", PATH: "" };
}

export type Texts = Readonly<Record<string, string | Uint8Array>>;

export function packageFiles(texts: Texts): PackageFile[] {
  return Object.entries(texts).map(([path, content]) => ({
    path,
    bytes: typeof content === "string" ? Buffer.from(content) : content,
    executable: false,
  }));
}

/** What a check is given besides defaults. */
export type CheckCase = Partial<CheckOptions> & {
  readonly name?: string;
  /** The function's Python; default: that of the run. */
  readonly minor?: number;
  readonly enabled?: boolean;
  readonly context?: TestContext;
};

export interface Checked {
  readonly notices: readonly string[];
  /** Whether the handler was loaded. */
  readonly proved: boolean;
}

function runOf(name: string, minor: number, enabled: boolean, context: TestContext): PythonRun {
  const runtime = `python3.${minor}`;
  return {
    where: `functions.${name}`,
    fn: {
      name,
      source: "module",
      entry: "src/app.py",
      exportName: "lambda_handler",
      handler: "app.handler",
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
      importCheck: { enabled, env: {} },
      licenses: false,
      maxSizeBytes: null,
      esbuild: {},
      tests: [],
      python: resolvePython({}),
    },
    target: { runtime, minor, architecture: "x86_64", glibc: [2, 34] },
    root: context.cwd,
    repository: context.cwd,
    cache: `${context.cwd}/.sluice/cache`,
    home: `${context.cwd}/cache`,
    context,
  };
}

/** Checks a package. Own sources are all `.py` files; those in `lib/` are a dependency's. The handler is `app.handler`. */
export async function checkTexts(python: Python, texts: Texts, options: CheckCase = {}): Promise<Checked> {
  const context = options.context ?? testContext({ cwd: "/nonexistent", env: environmentWith(python) });
  const own = Object.keys(texts).filter((path) => path.endsWith(".py") && !path.startsWith("lib/"));
  const { name = "orders", minor = python.minor, enabled = true } = options;
  await checkPython(runOf(name, minor, enabled, context), packageFiles(texts), {
    handler: "app.handler",
    env: {},
    provided: [],
    sources: new Map(own.map((path) => [path, `src/${path}`])),
    ...options,
  });
  const notices = context.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  const proved = context.lines.some(
    ({ message }) => message.startsWith(`${name}: `) && message.includes("loads from its package"),
  );
  return { notices, proved };
}
