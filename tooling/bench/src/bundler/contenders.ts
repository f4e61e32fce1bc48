import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../command.ts";
import type { Contender } from "../interleave.ts";
import type { BundlingPeer, PeerFunction, PeerOutput } from "../peers/bundling-peer.ts";
import { cdk, cdkBuild } from "../peers/cdk.ts";
import { osls, oslsBuild } from "../peers/osls.ts";
import type { Peer } from "../peers/peer.ts";
import { sam, samBuild } from "../peers/sam.ts";
import { ESBUILD_VERSION } from "./dependencies.ts";
import type { FloorTimes } from "./floor.ts";
import { functionName } from "./function-source.ts";
import { sourceOf } from "./repository.ts";
import type { BuiltRow, Scene } from "./scene.ts";

const FLOOR: string = fileURLToPath(new URL("floor.js", import.meta.url));

/** A contender whose packages are looked at afterwards. */
export interface Bundling extends Contender {
  /** Where the package of a function is, once the contender has run. */
  readonly output: (name: string) => PeerOutput;
}

/** A peer that is ready to run, or why it is not. */
export type ReadyPeer = Bundling | { readonly name: string; readonly missing: string };

/** The first functions of the repository, as the others are told of them. */
export function functionsOf(count: number): readonly PeerFunction[] {
  return Array.from({ length: count }, (_, index) => ({
    name: functionName(index),
    source: sourceOf(index),
  }));
}

function expectBuilt(rows: readonly BuiltRow[], expected: number): void {
  const built = rows.filter(({ cached }) => !cached).length;
  if (built !== expected) throw new Error(`sluice build built ${built} functions, not ${expected}.`);
}

const sluiceOutput =
  (scene: Scene) =>
  (name: string): PeerOutput => ({ zip: join(scene.repository.path, ".sluice", "artifacts", `${name}.zip`) });

/** `sluice build` of everything, as in a fresh checkout. */
export function coldContender(scene: Scene, name: string, configuration: string, count: number): Bundling {
  const run = async (): Promise<void> => expectBuilt(await scene.build(configuration), count);
  return { name, prepare: scene.forget, run, output: sluiceOutput(scene) };
}

/** `sluice build` of what was built before. */
export function unchangedContender(scene: Scene, configuration: string): Contender {
  const prepare = async (): Promise<void> => {
    await scene.build(configuration);
  };
  return {
    name: "nothing changed",
    prepare,
    run: async () => expectBuilt(await scene.build(configuration), 0),
  };
}

/** `sluice build` after an edit of one function, another one in each round. */
export function changedContender(scene: Scene, configuration: string, count: number): Contender {
  const prepare = async (round: number): Promise<void> => {
    await scene.build(configuration);
    await scene.repository.revise(round % count);
  };
  return { name: "one changed", prepare, run: async () => expectBuilt(await scene.build(configuration), 1) };
}

/** The floor, and what its last process said of itself. */
export interface FloorContender extends Bundling {
  readonly last: () => FloorTimes | null;
}

/** One bare build of all entries, and deflating its outputs. */
export function floorContender(scene: Scene, count: number): FloorContender {
  const out = join(scene.folder, "floor");
  const entries = functionsOf(count).map(({ source }) => source);
  let times: FloorTimes | null = null;
  return {
    name: "floor",
    prepare: () => rm(out, { recursive: true, force: true }),
    run: async () => {
      const args = [FLOOR, scene.repository.path, out, ...entries];
      times = JSON.parse(await runCommand(process.execPath, args, scene.command)) as FloorTimes;
    },
    output: (name) => ({ zip: join(out, `${name}.zip`) }),
    last: () => times,
  };
}

async function ready(scene: Scene, count: number, peer: Peer, bundling: BundlingPeer): Promise<ReadyPeer> {
  if ("missing" in peer) return peer;
  const { path } = scene.repository;
  await bundling.configure(path, functionsOf(count));
  return {
    name: peer.name,
    prepare: () => bundling.clear(path),
    run: () => bundling.build(peer.executable, scene.command),
    output: (name) => bundling.output(path, name),
  };
}

/** Peers by what they are, ready to bundle the first `count` functions. */
export interface Peers {
  readonly osls: ReadyPeer;
  readonly cdk: ReadyPeer;
  /** `null` when it was not asked for. */
  readonly sam: ReadyPeer | null;
}

/** Installs the tools that Sluice is held against. */
export async function readyPeers(
  scene: Scene,
  count: number,
  { isAll, signal }: { readonly isAll: boolean; readonly signal: AbortSignal },
): Promise<Peers> {
  return {
    osls: await ready(scene, count, await osls(ESBUILD_VERSION, signal), oslsBuild),
    cdk: await ready(scene, count, await cdk(ESBUILD_VERSION, signal), cdkBuild),
    sam: isAll ? await ready(scene, count, await sam(signal), samBuild) : null,
  };
}
