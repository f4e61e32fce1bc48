import type { Problem } from "../problem.ts";
import { resolveTests, resolveTraffic } from "./delivery.ts";
import { configErrors } from "./errors.ts";
import type {
  ResolvedBranchRule,
  ResolvedConfig,
  ResolvedEnvironment,
  ResolvedFunction,
  ResolvedLayer,
  ResolvedPython,
} from "./resolved-types.ts";
import { checkRules } from "./rules.ts";
import { SIZE } from "./schema.ts";
import type {
  BranchRule,
  Config,
  EnvironmentConfig,
  FunctionConfig,
  LayerConfig,
  PythonOptions,
} from "./types.ts";

/** Gitflow: what a repository gets that says nothing of branches. */
export const GITFLOW: readonly ResolvedBranchRule[] = [
  { pattern: "develop", environment: "dev", matchPackageVersion: false },
  { pattern: "release/*", environment: "staging", matchPackageVersion: false },
  { pattern: "hotfix/*", environment: "staging", matchPackageVersion: false },
  { pattern: "main", environment: "prod", matchPackageVersion: false },
  { pattern: "master", environment: "prod", matchPackageVersion: false },
];

/** In service as of November 2026, and the one that most functions have (AWS Lambda, "Runtimes"). */
export const DEFAULT_RUNTIME = "nodejs22.x";

/** Of a Python module that names no runtime. */
const DEFAULT_PYTHON_RUNTIME = "python3.13";

/** `module:function`, as Python's entry points are written. */
const MODULE_FUNCTION = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)$/;

interface Entry {
  readonly path: string;
  readonly exportName: string | undefined;
  readonly isPython: boolean;
  readonly isNode: boolean;
  /** The handler string that it stands for by itself. */
  readonly handler: string;
}

function readEntry(written: string): Entry {
  const [, module, name] = MODULE_FUNCTION.exec(written) ?? [];
  if (module !== undefined && name !== undefined)
    return { path: module, exportName: name, isPython: true, isNode: false, handler: `${module}.${name}` };
  const [path = "", exportName] = written.split("#");
  return {
    path,
    exportName,
    isPython: path.endsWith(".py"),
    isNode: /\.(?:[cm]?[jt]s|[jt]sx)$/.test(path),
    handler: "index.handler",
  };
}

/** The runtime that the function names itself, else the one of `bundle` if it is of the entry's language. */
function runtimeGiven(entry: Entry, own: FunctionConfig, all: Config["bundle"]): string | undefined {
  if (own.runtime !== undefined || all?.runtime === undefined) return own.runtime;
  const other = entry.isPython ? /^nodejs/ : entry.isNode ? /^python/ : null;
  return other?.test(all.runtime) ? undefined : all.runtime;
}

export function resolvePython(python: PythonOptions): ResolvedPython {
  const { requirements } = python;
  return {
    requirements: requirements === undefined ? null : requirements === false ? [] : [requirements].flat(),
    groups: python.groups ?? [],
    extras: python.extras ?? [],
    findLinks: python.findLinks ?? [],
    slim: python.slim ?? true,
    compiled: python.compiled ?? false,
    strip: python.strip ?? false,
  };
}

function exportOf(runtime: string): string {
  return runtime.startsWith("python") ? "lambda_handler" : "handler";
}

function sourceOf(
  { path, isPython, isNode }: Entry,
  command: string | undefined,
  runtime: string,
): ResolvedFunction["source"] {
  if (path.toLowerCase().endsWith(".zip")) return "zip";
  const isModule = isPython || isNode;
  return isModule && command === undefined && /^(?:nodejs|python)/.test(runtime) ? "module" : "folder";
}

function resolveFunction(name: string, written: string | FunctionConfig, config: Config): ResolvedFunction {
  const own: FunctionConfig = typeof written === "string" ? { entry: written } : written;
  const all = { ...config.bundle, ...own };
  const entry = readEntry(own.image ?? own.entry ?? "");
  const given = runtimeGiven(entry, own, config.bundle);
  const runtime = given ?? (entry.isPython ? DEFAULT_PYTHON_RUNTIME : DEFAULT_RUNTIME);
  return {
    name,
    source: own.image === undefined ? sourceOf(entry, own.command, runtime) : "image",
    entry: own.image ?? entry.path,
    exportName: entry.exportName ?? exportOf(runtime),
    handler: own.handler ?? entry.handler,
    command: own.command ?? null,
    inputs: own.inputs ?? null,
    runtime,
    runtimeDeclared: given !== undefined,
    architecture: all.architecture ?? "x86_64",
    architectureDeclared: all.architecture !== undefined,
    minify: all.minify ?? true,
    sourcemap: all.sourcemap ?? true,
    format: all.format ?? "esm",
    target: all.target ?? null,
    external: all.external ?? [],
    include: all.include ?? [],
    provided: all.provided ?? [],
    layers: all.layers ?? [],
    assets: (all.assets ?? []).map((asset) =>
      typeof asset === "string" ? { from: asset, to: null } : asset,
    ),
    importCheck: {
      enabled: all.importCheck !== false,
      env: typeof all.importCheck === "object" ? all.importCheck.env : {},
    },
    licenses: all.licenses ?? false,
    maxSizeBytes: all.maxSize === undefined ? null : bytesOf(all.maxSize),
    esbuild: { ...config.bundle?.esbuild, ...own.esbuild },
    python: resolvePython({ ...config.bundle?.python, ...own.python }),
    tests: resolveTests(own.test),
  };
}

const UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1000, mb: 1_000_000 };

/** Bytes of a size that the schema has let pass. */
function bytesOf(size: string | number): number {
  if (typeof size === "number") return size;
  const [, digits, unit] = SIZE.exec(size) ?? [];
  return Math.round(Number(digits) * (UNITS[unit?.toLowerCase() ?? ""] ?? 1));
}

function resolveLayer(
  name: string,
  given: LayerConfig,
  functions: readonly ResolvedFunction[],
): ResolvedLayer {
  const users = functions.filter((each) => each.layers.includes(name));
  const isForPython = given.python !== undefined;
  const user = users.find(({ runtime }) => isForPython && runtime.startsWith("python")) ?? users[0];
  const runtime = isForPython ? DEFAULT_PYTHON_RUNTIME : DEFAULT_RUNTIME;
  return {
    name,
    packages: given.packages ?? [],
    folders: (given.folders ?? []).map((folder) =>
      typeof folder === "string" ? { from: folder, to: "" } : folder,
    ),
    python: resolvePython(given.python ?? {}),
    nameTemplate: given.name ?? "{layer}",
    runtime: given.runtime ?? user?.runtime ?? runtime,
    architecture: given.architecture ?? user?.architecture ?? "x86_64",
  };
}

function resolveEnvironment(name: string, given: EnvironmentConfig, config: Config): ResolvedEnvironment {
  return {
    name,
    account: given.account ?? (given.accounts?.length === 1 ? (given.accounts[0] ?? null) : null),
    accounts: given.accounts !== undefined && given.accounts.length > 1 ? [...new Set(given.accounts)] : [],
    regions: given.regions ?? (given.region === undefined ? [] : [given.region]),
    profile: given.profile ?? null,
    role: given.role ?? null,
    nameTemplate: given.name ?? "{function}",
    alias: given.alias ?? null,
    strategy: given.strategy ?? null,
    store: given.store ?? config.store ?? null,
    concurrency: given.concurrency ?? null,
    allowAnyBranch: given.allowAnyBranch ?? false,
    allowDirty: given.allowDirty ?? false,
    promoteFrom: given.promoteFrom ?? null,
    tests: resolveTests(given.test),
    testsOff: given.test === false,
    traffic: resolveTraffic(given.traffic),
    keepVersions: given.keepVersions ?? null,
    createAlias: given.createAlias ?? false,
    kms: { store: given.kms?.store ?? null, code: given.kms?.code ?? null },
    allowDowngrade: given.allowDowngrade ?? false,
    lease: given.lease ?? true,
  };
}

function resolveRule(pattern: string, given: string | null | BranchRule): ResolvedBranchRule {
  const rule: BranchRule = typeof given === "object" && given !== null ? given : { environment: given };
  return { pattern, environment: rule.environment, matchPackageVersion: rule.matchPackageVersion ?? false };
}

/**
 * Fills in every default and runs the cross-field rules. Pure.
 *
 * @param place - the file's absolute path, or `null` for a value, and the absolute path of the repository's root
 */
export function resolveConfig(
  config: Config,
  place: { readonly file: string | null; readonly root: string },
): { readonly config: ResolvedConfig; readonly problems: readonly Problem[] } {
  const functions = Object.entries(config.functions ?? {}).map(([name, given]) =>
    resolveFunction(name, given, config),
  );
  const resolved: ResolvedConfig = {
    file: place.file,
    root: place.root,
    functions,
    layers: Object.entries(config.layers ?? {}).map(([name, given]) => resolveLayer(name, given, functions)),
    environments: Object.entries(config.environments ?? {}).map(([name, given]) =>
      resolveEnvironment(name, given, config),
    ),
    branches:
      config.branches === undefined
        ? GITFLOW
        : Object.entries(config.branches).map(([pattern, given]) => resolveRule(pattern, given)),
    plugins: config.plugins ?? [],
    concurrency: config.concurrency ?? null,
  };
  const file = place.file ?? "configuration";
  const problems = [...missing(resolved, file), ...checkRules(config, resolved, file)];
  return { config: resolved, problems };
}

function missing(config: ResolvedConfig, file: string): Problem[] {
  if (config.functions.length > 0) return [];
  return [
    configErrors.rule(
      `${file}: functions`,
      "No function is configured.",
      'Name at least one: functions: { "my-function": "src/my-function.ts" }.',
    ),
  ];
}
