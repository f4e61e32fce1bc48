import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandOptions } from "../command.ts";
import type { Contender } from "../interleave.ts";
import { awsCli, deployWithAwsCli } from "../peers/aws-cli.ts";
import { deployWithLambroll, lambroll } from "../peers/lambroll.ts";
import type { Peer } from "../peers/peer.ts";
import { ALIAS, type Scene } from "./scene.ts";

/** Deploys this zip to the peer's own function and moves the alias. */
export type PeerDeploy = (zip: string) => Promise<void>;

/** A peer that is ready to deploy, or why it is not. */
export type ReadyPeer =
  | { readonly name: string; readonly deploy: PeerDeploy }
  | { readonly name: string; readonly missing: string };

async function ready(
  peer: Peer,
  functionName: string,
  scene: Scene,
  make: (executable: string, definition: Awaited<ReturnType<Scene["provision"]>>) => PeerDeploy,
): Promise<ReadyPeer> {
  if ("missing" in peer) return peer;
  return { name: peer.name, deploy: make(peer.executable, await scene.provision(functionName)) };
}

/** Installs the tools that Sluice is held against, and gives each a function. */
export async function readyPeers(
  scene: Scene,
  signal: AbortSignal,
): Promise<{ readonly lambroll: ReadyPeer; readonly awsCli: ReadyPeer }> {
  const options: CommandOptions = { cwd: scene.folder, env: scene.env, signal };
  return {
    lambroll: await ready(await lambroll(signal), "bench-lambroll", scene, (executable, definition) => {
      return (zip) => deployWithLambroll(executable, { definition, zip, alias: ALIAS }, options);
    }),
    awsCli: await ready(await awsCli(signal), "bench-aws-cli", scene, (executable, { FunctionName }) => {
      return (zip) => deployWithAwsCli(executable, { name: FunctionName, zip, alias: ALIAS }, options);
    }),
  };
}

async function deployAs(scene: Scene, wanted: "updated" | "unchanged"): Promise<void> {
  const report = JSON.parse(await scene.sluice("deploy", "--json")) as { targets: { outcome: string }[] };
  const [target] = report.targets;
  if (target?.outcome !== wanted)
    throw new Error(`sluice deploy came to ${target?.outcome}, not to ${wanted}.`);
}

/** `sluice deploy` of a new commit each time, bundling included. */
export function changedContender(scene: Scene): Contender {
  const prepare = (): Promise<void> => scene.repository.revise();
  return { name: "sluice deploy", prepare, run: () => deployAs(scene, "updated") };
}

/** The same after `sluice build`, as in a pipeline that builds in a stage of its own; the peers too are given a zip. */
export function builtContender(scene: Scene): Contender {
  const prepare = async (): Promise<void> => {
    await scene.repository.revise();
    await scene.sluice("build");
  };
  return { name: "sluice deploy, built", prepare, run: () => deployAs(scene, "updated") };
}

/** `sluice deploy` of what was deployed before. */
export function unchangedContender(scene: Scene): Contender {
  return { name: "sluice deploy", run: () => deployAs(scene, "unchanged") };
}

/** The peer's deployment of the very zip that Sluice has just deployed: it is spared the bundling. */
export function peerContender(
  scene: Scene,
  peer: Extract<ReadyPeer, { deploy: PeerDeploy }>,
  id: string,
): Contender {
  const zip = join(scene.folder, `${id}.zip`);
  const prepare = (): Promise<void> => copyFile(scene.repository.zip, zip);
  return { name: peer.name, prepare, run: () => peer.deploy(zip) };
}
