import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BuiltRow } from "../bundler/scene.ts";
import { type CommandOptions, runCommand } from "../command.ts";
import type { Contender } from "../interleave.ts";
import type { Peer } from "../peers/peer.ts";
import { installWithPip } from "../peers/pip.ts";
import { buildSamPython, clearSamPython, configureSamPython } from "../peers/sam-python.ts";
import { installWithUv } from "../peers/uv.ts";
import { ADDED, MACHINES, type Machine, MINOR, pipPlatforms, uvPlatform } from "./packages.ts";
import { FILES, functionOf, SOURCE } from "./repository.ts";
import type { Scene } from "./scene.ts";
import { projectOf } from "./wheels.ts";

/** A contender whose zips are looked at afterwards. */
export interface Packing extends Contender {
  /** Where the zip for a machine is, once the contender has run. */
  readonly output: (machine: Machine) => string;
}

function expectBuilt(rows: readonly BuiltRow[], expected: number): void {
  const built = rows.filter(({ cached }) => !cached).length;
  if (built !== expected) throw new Error(`sluice build built ${built} functions, not ${expected}.`);
}

/** How a cold or warm build is set. */
export interface SluiceOptions {
  readonly name: string;
  /** For `--config`. */
  readonly configuration: string;
  /** Functions in it. */
  readonly count: number;
  /** Default: with the index on loopback. */
  readonly command?: CommandOptions;
}

function sluice(
  scene: Scene,
  { name, configuration, count, command }: SluiceOptions,
  prepare: () => Promise<void>,
): Packing {
  return {
    name,
    prepare,
    run: async () => expectBuilt(await scene.build(configuration, command), count),
    output: (machine) => join(scene.repository.path, ".sluice", "artifacts", `${functionOf(machine)}.zip`),
  };
}

/** `sluice build` on a machine that has never seen these packages. */
export function coldContender(scene: Scene, options: SluiceOptions): Packing {
  return sluice(scene, options, scene.forgetAll);
}

/** `sluice build` in a fresh checkout, on a machine that has fetched these wheels before. */
export function warmContender(scene: Scene, options: SluiceOptions): Packing {
  return sluice(scene, options, async () => {
    await scene.build(options.configuration, options.command);
    await scene.forget();
  });
}

/** `sluice build` of what was built before. */
export function unchangedContender(scene: Scene, options: SluiceOptions): Contender {
  return sluice(scene, { ...options, count: 0 }, async () => {
    await scene.build(options.configuration);
  });
}

/** `sluice build` after an edit of the functions' source. */
export function changedContender(scene: Scene, options: SluiceOptions): Contender {
  return sluice(scene, options, async () => {
    await scene.build(options.configuration);
    await scene.repository.revise();
  });
}

/** `sluice build` after a requirement was added whose wheel is not there yet; the configuration names the lock that grows. */
export function grownContender(scene: Scene, options: SluiceOptions): Contender {
  return sluice(scene, options, async () => {
    await scene.repository.grow(false);
    await scene.build(options.configuration);
    await scene.dropWheels((filename) => projectOf(filename) === ADDED.name);
    await scene.repository.grow(true);
  });
}

/** Puts a folder into a zip, as Python does it by itself: zlib's level 6, on one core. */
const ZIP = `
import os, sys, zipfile
folder, target = sys.argv[1:]
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            archive.write(path, os.path.relpath(path, folder))
`;

/** How packages get into a folder. */
type Install = (machine: Machine, target: string) => Promise<void>;

/** An installer for each machine, and Python's zipfile: all machines at once, so that both cores are busy. */
function zipped(
  scene: Scene,
  name: string,
  machines: readonly Machine[],
  install: Install,
  forget: () => Promise<void>,
): Packing {
  const out = join(scene.folder, name.replace(/\W+/g, "-"));
  const output = ({ architecture }: Machine): string => join(out, `${architecture}.zip`);
  const pack = async (machine: Machine): Promise<void> => {
    const target = join(out, machine.architecture);
    await install(machine, target);
    await copyFile(join(scene.repository.path, SOURCE), join(target, SOURCE));
    await runCommand(scene.tools.host, ["-c", ZIP, target, output(machine)], scene.command);
  };
  return {
    name,
    prepare: async () => {
      await rm(out, { recursive: true, force: true });
      await forget();
    },
    run: async () => {
      await Promise.all(machines.map(pack));
    },
    output,
  };
}

/** Of what one installs without Sluice. */
export interface InstallerOptions {
  readonly name: string;
  readonly machines: readonly Machine[];
  /** Whether its cache is emptied before each round. */
  readonly isCold: boolean;
  /** Default: with the index on loopback. */
  readonly command?: CommandOptions;
}

/** `uv pip install --target` and zipfile. */
export function uvContender(scene: Scene, options: InstallerOptions): Packing {
  const { name, machines, isCold, command = scene.command } = options;
  const cache = join(scene.folder, isCold ? "uv-cold" : "uv-warm");
  const env = { ...command.env, UV_CACHE_DIR: cache };
  const install: Install = (machine, target) =>
    installWithUv(
      scene.tools.uv,
      { requirements: FILES.lock, target, minor: MINOR, platform: uvPlatform(machine) },
      { ...command, env },
    );
  const forget = async (): Promise<void> => {
    if (isCold) await rm(cache, { recursive: true, force: true });
  };
  return zipped(scene, name, machines, install, forget);
}

/** `pip install --target` and zipfile, pip's cache warm after the round that is not counted. */
export function pipContender(scene: Scene, name: string, machines: readonly Machine[]): Packing {
  const install: Install = (machine, target) =>
    installWithPip(
      scene.tools.pip,
      { requirements: FILES.lock, target, minor: MINOR, platforms: pipPlatforms(machine) },
      scene.command,
    );
  return zipped(scene, name, machines, install, async () => {});
}

/** `sam build` without a container, pip's cache warm; `null` where its Python is missing. */
export async function samContender(scene: Scene, sam: Peer, isParallel: boolean): Promise<Contender | null> {
  if ("missing" in sam || scene.tools.target === null) return null;
  const folder = join(scene.folder, isParallel ? "sam-parallel" : "sam");
  await configureSamPython({
    folder,
    runtime: `python3.${MINOR}`,
    functions: MACHINES.map(({ architecture }) => ({ id: architecture.replace("_", ""), architecture })),
    source: join(scene.repository.path, SOURCE),
    requirements: join(scene.repository.path, FILES.pinned),
  });
  return {
    name: isParallel ? `${sam.name} --parallel` : sam.name,
    prepare: () => clearSamPython(folder),
    run: () => buildSamPython(sam.executable, { folder, isParallel }, scene.command),
  };
}
