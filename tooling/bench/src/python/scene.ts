import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import type { BenchmarkOptions } from "../benchmark.ts";
import type { BuiltRow } from "../bundler/scene.ts";
import { createCleanup } from "../cleanup.ts";
import { type CommandOptions, runCommand } from "../command.ts";
import type { Peer } from "../peers/peer.ts";
import { pip } from "../peers/pip.ts";
import { uv } from "../peers/uv.ts";
import { type TreeWatch, watchTree } from "../process-tree.ts";
import { SLUICE } from "../root.ts";
import { findInterpreters, foldersOf, type Interpreters } from "./interpreters.ts";
import { type PackageIndex, startPackageIndex } from "./package-index.ts";
import { createFunctionRepository, type FunctionRepository } from "./repository.ts";
import { fetchWheels } from "./wheels.ts";

/** Tools that the benchmark cannot do without, as paths of their executables. */
export interface Tools extends Interpreters {
  readonly uv: string;
  readonly pip: string;
  /** With versions, for people. */
  readonly names: { readonly uv: string; readonly pip: string };
}

/** A function repository, a package index, and how commands are run with them. */
export interface Scene {
  readonly tools: Tools;
  readonly repository: FunctionRepository;
  /** A folder beside the repository, for what contenders leave, and for caches. */
  readonly folder: string;
  /** The repository as working folder, and the whole environment of what is measured; it is watched. */
  readonly command: CommandOptions;
  /** The same, with the registry that this machine has instead of the index on loopback. */
  readonly remote: CommandOptions;
  /** What the commands that were run take. */
  readonly watch: TreeWatch;
  /** The user's cache that Sluice has here: tools, wheels. */
  readonly cache: string;
  /** `sluice build`, as a user's shell would run it. */
  build(configuration: string, command?: CommandOptions): Promise<readonly BuiltRow[]>;
  /** Removes what Sluice knows of earlier builds in the repository. */
  forget(): Promise<void>;
  /** Removes the same, and all wheels and answers of indexes that Sluice, or its uv, keeps for the user. */
  forgetAll(): Promise<void>;
  /** Removes wheels from Sluice's cache. */
  dropWheels(which: (filename: string) => boolean): Promise<void>;
  dispose(): Promise<void>;
}

function executableOf(peer: Peer): string {
  if ("missing" in peer) throw new Error(`${peer.name} could not be installed: ${peer.missing}`);
  return peer.executable;
}

async function readyTools(signal: AbortSignal): Promise<Tools> {
  const [installer, other] = [await uv(signal), await pip(signal)];
  return {
    ...(await findInterpreters(signal)),
    uv: executableOf(installer),
    pip: executableOf(other),
    names: { uv: installer.name, pip: other.name },
  };
}

/** Authorities of certificates, where this machine has others. */
const CERTIFICATES = [
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "PIP_CERT",
  "REQUESTS_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
];
/** Which registry is used, and by which way. */
const REGISTRY = [
  ...["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"],
  ...["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"],
];

function taken(names: readonly string[]): Record<string, string> {
  const entries = names.map((name) => [name, process.env[name]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, string>;
}

/** No credentials, a home and caches of its own: nothing of this user's can take part. */
async function environment(folder: string, cache: string, tools: Tools): Promise<Record<string, string>> {
  // uv alone: in its own folder there is a Python, too.
  const bin = join(folder, "bin");
  await mkdir(bin);
  await symlink(tools.uv, join(bin, "uv"));
  return {
    PATH: [bin, ...foldersOf(tools), process.env["PATH"] ?? ""].join(delimiter),
    HOME: folder,
    NO_COLOR: "1",
    AWS_REGION: "eu-west-1",
    SLUICE_CACHE: cache,
    UV_CACHE_DIR: join(folder, "uv-of-sluice"),
    UV_PYTHON_DOWNLOADS: "never",
    PIP_CACHE_DIR: join(folder, "pip-cache"),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    ...taken(CERTIFICATES),
  };
}

function atIndex(index: PackageIndex): Record<string, string> {
  return { UV_DEFAULT_INDEX: index.url, PIP_INDEX_URL: index.url };
}

/** Makes everything that the benchmark needs; `dispose` removes it. */
export async function createScene({ signal }: Pick<BenchmarkOptions, "signal">): Promise<Scene> {
  const cleanup = createCleanup();
  const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 3 });
  try {
    const tools = await readyTools(signal);
    const wheels = await fetchWheels(tools.pip, signal);
    const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
    cleanup.add(() => remove(folder));
    const index = await startPackageIndex(wheels);
    cleanup.add(() => index.stop());
    const repository = await createFunctionRepository(wheels, index.fileUrl);
    cleanup.add(() => repository.dispose());
    const watch = watchTree();
    cleanup.add(async () => watch.take());
    const cache = join(folder, "sluice-cache");
    const env = await environment(folder, cache, tools);
    const remote: CommandOptions = { cwd: repository.path, env: { ...env, ...taken(REGISTRY) }, signal };
    const command = { ...remote, env: { ...env, ...atIndex(index) }, onStart: watch.start };
    const forget = (): Promise<void> => remove(join(repository.path, ".sluice"));
    return {
      ...{ tools, repository, folder, command, remote, watch, cache, forget },
      build: async (configuration, options = command) => {
        const args = [SLUICE, "build", "--config", configuration, "--json"];
        const report = await runCommand(process.execPath, args, options);
        return (JSON.parse(report) as { artifacts: readonly BuiltRow[] }).artifacts;
      },
      forgetAll: async () => {
        await Promise.all([forget(), remove(cache), remove(join(folder, "uv-of-sluice"))]);
      },
      dropWheels: async (which) => {
        const paths = await readdir(join(cache, "wheels"), { recursive: true });
        for (const path of paths) if (which(basename(path))) await remove(join(cache, "wheels", path));
      },
      dispose: () => cleanup.run(),
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
