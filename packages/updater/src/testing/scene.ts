import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Aws } from "@sluice/aws";
import {
  type ApplyInput,
  type Artifact,
  type Change,
  type LayerArtifact,
  type Manifest,
  type PlanInput,
  type Plugin,
  type ResolvedEnvironment,
  type ResolvedLayer,
  type RunContext,
  resolvePython,
  type Strategy,
  type TargetReport,
} from "@sluice/core";
import { type TestContext, testContext } from "@sluice/test-kit";
import { createFixture } from "fs-fixture";
import type { Door, UpdateExistingOptions } from "../settings.ts";
import { updateExisting } from "../update-existing.ts";
import type { FakeLambda } from "./fake-lambda.ts";

export function manifestOf(
  name: string,
  bytes: Uint8Array | string,
  overrides: Partial<Manifest> = {},
): Manifest {
  const hash = createHash("sha256").update(bytes).digest();
  return {
    schema: 1,
    function: name,
    digest: `sha256:${hash.toString("hex")}`,
    codeSha256: hash.toString("base64"),
    sizeBytes: bytes.length,
    unzippedBytes: bytes.length,
    runtime: "nodejs22.x",
    architecture: "x86_64",
    handler: "index.handler",
    compatibleRuntimes: ["nodejs22.x"],
    compatibleArchitectures: ["x86_64"],
    files: [],
    sources: `sha256:${"0".repeat(64)}`,
    tools: {},
    packageVersion: "1.4.0",
    commit: "0123456789abcdef0123456789abcdef01234567",
    dirty: false,
    ...overrides,
  };
}

export function artifactOf(name: string, path: string, manifest: Manifest): Artifact {
  return { function: name, path, manifest, cached: false };
}

const environmentOf = (overrides: Partial<ResolvedEnvironment> = {}): ResolvedEnvironment => ({
  name: "dev",
  account: null,
  accounts: [],
  regions: ["eu-west-1"],
  profile: null,
  role: null,
  nameTemplate: "{function}",
  alias: null,
  strategy: null,
  store: null,
  concurrency: null,
  allowAnyBranch: false,
  allowDirty: false,
  promoteFrom: null,
  tests: [],
  testsOff: false,
  traffic: null,
  keepVersions: null,
  createAlias: false,
  kms: { store: null, code: null },
  allowDowngrade: false,
  lease: true,
  ...overrides,
});

/** The layers of artifacts, as a configuration has them that names them by environment. */
function resolvedLayers(artifacts: readonly Artifact[]): ResolvedLayer[] {
  const names = artifacts.flatMap(({ layers = [] }) => layers.map(({ layer }) => layer));
  return [...new Set(names)].map((name) => ({
    name,
    packages: ["zod"],
    folders: [],
    nameTemplate: "{layer}-{environment}",
    runtime: "nodejs22.x",
    architecture: "x86_64",
    python: resolvePython({}),
  }));
}

/** A folder with artifacts, and the input of a run over them. */
export interface Scene {
  readonly folder: string;
  artifact(name: string, bytes: Uint8Array | string, overrides?: Partial<Manifest>): Promise<Artifact>;
  /** A layer's artifact, named as the bundler names it. */
  layer(name: string, bytes: Uint8Array | string, overrides?: Partial<Manifest>): Promise<LayerArtifact>;
  input(
    artifacts: readonly Artifact[],
    environment?: Partial<ResolvedEnvironment>,
    force?: boolean,
  ): PlanInput;
  dispose(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const fixture = await createFixture();
  const folder = fixture.path.replace(/[/\\]$/, "");
  const config = {
    file: null,
    root: folder,
    functions: [],
    layers: [],
    environments: [],
    branches: [],
    plugins: [],
    concurrency: null,
  };
  const ref = {
    branch: "develop",
    tag: null,
    commit: null,
    dirty: false,
    pullRequest: null,
    source: "option",
  };
  const artifact: Scene["artifact"] = async (name, bytes, overrides) => {
    const manifest = manifestOf(name, bytes, overrides);
    const path = join(folder, `${name}-${manifest.digest.slice(7, 19)}.zip`);
    await writeFile(path, bytes);
    return artifactOf(name, path, manifest);
  };
  return {
    folder,
    artifact,
    layer: async (name, bytes, overrides) => ({
      ...(await artifact(`layer-${name}`, bytes, overrides)),
      layer: name,
    }),
    input: (artifacts, environment, force = false) => ({
      config: { ...config, layers: resolvedLayers(artifacts) },
      environment: environmentOf(environment),
      ref,
      packageVersion: "1.4.0",
      artifacts,
      options: { requireExisting: false, force, allowDowngrade: false, allowDirty: false },
    }),
    dispose: () => fixture.rm(),
  };
}

/** A context whose time passes only by sleeping. */
export function clockedContext(
  cwd: string,
  overrides: Partial<RunContext> = {},
): TestContext & { readonly slept: number[] } {
  let now = 1_000_000;
  const slept: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => {
    slept.push(milliseconds);
    now += milliseconds;
  };
  return { ...testContext({ cwd, now: () => now, sleep, ...overrides }), slept };
}

/** The door to a fake, the same in every region. */
export function doorTo(fake: FakeLambda): Door {
  return {
    openAws: (_context, scope) => ({ scope, lambda: fake.api }) as Aws,
    resolveRegions: async (_context, environment) => environment.regions,
  };
}

export interface Run {
  readonly changes: readonly Change[];
  readonly rows: readonly TargetReport[];
}

/** Plan and apply, as a deployment does. */
export async function deploy(strategy: Strategy, input: PlanInput, context: RunContext): Promise<Run> {
  const changes = (await strategy.plan(input, context)) ?? [];
  const applied: ApplyInput = { ...input, changes };
  return { changes, rows: await strategy.apply(applied, context) };
}

/** Plan and apply of layers and functions, in the order of a deployment. */
export async function deployWithLayers(
  layers: Plugin,
  strategy: Strategy,
  input: PlanInput,
  context: RunContext,
): Promise<Run> {
  const [ofLayers, ofFunctions] = await Promise.all([
    layers.plan?.(input, context) ?? [],
    strategy.plan(input, context) ?? [],
  ]);
  const done = (await layers.apply?.({ ...input, changes: ofLayers ?? [] }, context)) ?? [];
  const rows = await strategy.apply({ ...input, changes: ofFunctions ?? [], done }, context);
  return { changes: [...(ofLayers ?? []), ...(ofFunctions ?? [])], rows: [...done, ...rows] };
}

export const strategyOn = (fake: FakeLambda, options: UpdateExistingOptions = {}): Strategy =>
  updateExisting(options, doorTo(fake));

/** Plans, lets `meanwhile` happen, and applies. */
export async function race(
  scene: Scene,
  fake: FakeLambda,
  meanwhile: () => void,
  options: UpdateExistingOptions = {},
  environment: Partial<ResolvedEnvironment> = {},
): Promise<TargetReport> {
  const input = scene.input([await scene.artifact("orders", "new")], { alias: "live", ...environment });
  const context = clockedContext(scene.folder);
  const strategy = strategyOn(fake, options);
  const changes = (await strategy.plan(input, context)) ?? [];
  fake.log.length = 0;
  meanwhile();
  const [row] = await strategy.apply({ ...input, changes }, context);
  if (row === undefined) throw new Error("no row");
  return row;
}
