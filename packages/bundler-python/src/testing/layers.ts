import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readZip } from "@sluice/artifact";
import type { Artifact, Config, LayerArtifact } from "@sluice/core";
import { elf, testContext } from "@sluice/test-kit";
import { type Bundled, bundle, unpacked } from "./bundle.ts";
import { ownPython } from "./check.ts";
import { type ResolverScene, startScene } from "./resolver-scene.ts";
import { type MadeWheel, makeWheel } from "./wheels.ts";

const library = (architecture: "x86_64" | "arm64") => Buffer.concat([elf(architecture), Buffer.alloc(200)]);
const pure = (
  name: string,
  version: string,
  files: Record<string, string>,
  metadata: string[] = [],
): MadeWheel => makeWheel({ name, version, files, metadata: ["License-Expression: MIT", ...metadata] });

const packages = [
  pure(
    "shapes",
    "2.1",
    {
      "shapes/__init__.py": "import colours\nNAME = 'shapes with ' + colours.RED\n",
      "shapes/tests/test_shapes.py": "import shapes\n",
    },
    ["Requires-Dist: colours>=1"],
  ),
  pure("colours", "1.0", { "colours.py": "RED = 'red of 1.0'\n" }),
  pure("colours", "2.0", { "colours.py": "RED = 'red of 2.0'\n" }),
  pure("google-auth", "1.0", { "google/auth/__init__.py": "WHO = 'auth'\n" }),
  pure("google-tasks", "1.0", {
    "google/cloud/tasks.py": "import google.auth\nTASKS = 'tasks by ' + google.auth.WHO\n",
  }),
  pure("google-old", "1.0", { "google/__init__.py": "", "google/old.py": "OLD = 1\n" }),
  makeWheel({
    name: "native",
    tag: "py3-none-manylinux_2_28_x86_64",
    files: { "native.so": library("x86_64") },
  }),
  makeWheel({
    name: "native",
    tag: "py3-none-manylinux_2_28_aarch64",
    files: { "native.so": library("arm64") },
  }),
  makeWheel({
    name: "liar",
    tag: "py3-none-manylinux_2_28_aarch64",
    files: { "liar.so": library("x86_64") },
  }),
];

const HANDLER = "\n\ndef lambda_handler(event, context):\n    return [";

/** A source of a handler that answers with a list. */
export function handlerOf(imports: string, values: string): string {
  return `${imports}${HANDLER}${values}]\n`;
}

/** A function that needs what its layer holds. */
const REPOSITORY: Readonly<Record<string, string>> = {
  "src/orders.py": handlerOf("import shapes", "shapes.NAME, shapes.__file__"),
  "requirements.txt": "shapes==2.1\ncolours==1.0\n",
  "layers/requirements.txt": "shapes==2.1\ncolours==1.0\n",
};

/** Layers of {@link REPOSITORY}. */
export const SHARED = { shared: { python: { requirements: "layers/requirements.txt" } } };

/** A repository of its own in the scene. */
export interface LayerRepository {
  readonly root: string;
  write(path: string, text: string): Promise<string>;
  /** Bundles all functions; what `more` says goes before the scene's own configuration. */
  build(more?: Partial<Config>, env?: Record<string, string>): Promise<Bundled>;
}

export interface LayerScene extends AsyncDisposable {
  readonly resolver: ResolverScene;
  /** Of this machine's Python, so that handlers are loaded. */
  readonly runtime: string;
  repository(files?: Readonly<Record<string, string>>, name?: string): Promise<LayerRepository>;
  /** Runs a handler with its layers unpacked, as Lambda does but for the folders: only root may write to `/opt`. */
  invoke(artifact: Artifact): Promise<unknown>;
}

export async function startLayerScene(): Promise<LayerScene> {
  const resolver = await startScene({ packages });
  const { minor, path: python } = await ownPython();
  const runtime = `python3.${minor}`;
  let count = 0;
  const repository = async (
    files: Readonly<Record<string, string>> = {},
    name = `r${++count}`,
  ): Promise<LayerRepository> => {
    const root = join(resolver.root, name);
    mkdirSync(root, { recursive: true });
    const write = (path: string, text: string) => resolver.write(`${name}/${path}`, text);
    for (const [path, text] of Object.entries({ ...REPOSITORY, ...files })) await write(path, text);
    const own = {
      [`SLUICE_PYTHON_3_${minor}`]: python,
      SLUICE_CACHE: resolver.fixture.getPath(`home-${name}`),
    };
    const config: Config = {
      functions: { orders: { entry: "src/orders.py", layers: ["shared"] } },
      layers: SHARED,
      bundle: { runtime },
    };
    const build = (more: Partial<Config> = {}, env: Record<string, string> = {}) => {
      const { context } = resolver.run({ env: { ...own, ...env } });
      return bundle({ ...config, ...more }, testContext({ cwd: root, env: context.env }));
    };
    return { root, write, build };
  };
  return {
    resolver,
    runtime,
    repository,
    invoke: (artifact) => invoke(artifact, join(resolver.root, `unpacked-${++count}`), python),
    [Symbol.asyncDispose]: () => resolver[Symbol.asyncDispose](),
  };
}

export function only<T>(list: readonly T[] | undefined): T {
  const [first, ...others] = list ?? [];
  if (first === undefined || others.length > 0) throw new Error(`${list?.length} instead of one`);
  return first;
}

export const layerOf = (artifact: Artifact): LayerArtifact => only(artifact.layers);
export const namesIn = (artifact: Artifact): string[] => Object.keys(unpacked(artifact));

const INVOKE = `
import importlib, json, sys
task, opt, minor = sys.argv[1], sys.argv[2], sys.version_info[1]
sys.path[:0] = [task, f"{opt}/python/lib/python3.{minor}/site-packages", f"{opt}/python"]
module, _, name = sys.argv[3].rpartition(".")
print(json.dumps(getattr(importlib.import_module(module), name)({}, None)))
`;

function unpack({ path }: Artifact, folder: string): void {
  for (const file of readZip(readFileSync(path)).entries) {
    mkdirSync(dirname(join(folder, file.path)), { recursive: true });
    writeFileSync(join(folder, file.path), file.bytes);
  }
}

async function invoke(artifact: Artifact, folder: string, python: string): Promise<unknown> {
  unpack(artifact, join(folder, "task"));
  for (const layer of artifact.layers ?? []) unpack(layer, join(folder, "opt"));
  const args = ["-I", "-B", "-c", INVOKE, join(folder, "task"), join(folder, "opt")];
  const { stdout } = await promisify(execFile)(python, [...args, artifact.manifest.handler]);
  return JSON.parse(stdout.replaceAll(folder, ""));
}
