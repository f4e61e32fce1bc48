import type { BenchmarkOptions } from "../benchmark.ts";
import { runCommand } from "../command.ts";
import {
  builtContender,
  changedContender,
  peerContender,
  readyPeers,
  unchangedContender,
} from "../deploy/contenders.ts";
import { ALIAS, createScene, DELAY_MS, type Scene } from "../deploy/scene.ts";
import { type Contender, interleave, type Series } from "../interleave.ts";
import { atMost, describeCalls, lessThan, ratioRow, timeRow } from "../rows.ts";
import { summarize } from "../statistics.ts";
import type { Table } from "../table.ts";

const lambdaCalls = (series: Series): number =>
  summarize(series.operations.map((each) => each.filter((name) => name !== "GetCallerIdentity").length))
    .median;

/** Back to what was live before, and at the next round forth again. */
function rollbackContender(scene: Scene): Contender {
  const run = async (): Promise<void> => {
    const report = JSON.parse(await scene.sluice("rollback", "--json", "--yes")) as {
      targets: { outcome: string }[];
    };
    const [target] = report.targets;
    if (target?.outcome !== "updated") throw new Error(`sluice rollback came to ${target?.outcome}.`);
  };
  return { name: "sluice rollback", run };
}

/** What somebody does by hand who knows the version. */
function handContender(scene: Scene, executable: string, functionName: string): Contender {
  let version = 1;
  const run = async (): Promise<void> => {
    version = 3 - version;
    const args = ["lambda", "update-alias", "--function-name", functionName, "--name", ALIAS];
    const options = { cwd: scene.folder, env: scene.env };
    await runCommand(executable, [...args, "--function-version", String(version)], options);
  };
  return { name: "AWS CLI: update-alias", run };
}

function notes(all: readonly Series[]): readonly string[] {
  return all.map((series) => `${series.name}: ${describeCalls(series)}.`);
}

async function changed(scene: Scene, peer: Contender | null, options: BenchmarkOptions): Promise<Table> {
  const own = [changedContender(scene), builtContender(scene)];
  const all = await interleave([...own, ...(peer === null ? [] : [peer])], {
    ...options,
    recorder: scene.proxy,
  });
  const [deploy, built, cli] = all as readonly [Series, Series, Series?];
  return {
    title: "one function, code changed, alias moved",
    rows: [
      timeRow(deploy, [atMost(lambdaCalls(deploy), 5, "5 Lambda calls")]),
      ...(cli === undefined ? [] : [ratioRow(deploy, cli, (ratio) => lessThan(ratio, 1, "1.00 ×"))]),
      timeRow(built),
      ...(cli === undefined
        ? []
        : [ratioRow(built, cli, (ratio) => lessThan(ratio, 1, "1.00 ×")), timeRow(cli)]),
    ],
    notes: notes(all),
  };
}

async function unchanged(scene: Scene, peer: Contender | null, options: BenchmarkOptions): Promise<Table> {
  const contenders = [unchangedContender(scene), ...(peer === null ? [] : [peer])];
  const all = await interleave(contenders, { ...options, recorder: scene.proxy });
  const [own, cli] = all as readonly [Series, Series?];
  return {
    title: "one function, unchanged",
    rows: [
      timeRow(own, [atMost(lambdaCalls(own), 1, "1 Lambda call")]),
      ...(cli === undefined
        ? []
        : [ratioRow(own, cli, (ratio) => lessThan(ratio, 1, "1.00 ×")), timeRow(cli)]),
    ],
    notes: notes(all),
  };
}

async function back(scene: Scene, hand: Contender | null, options: BenchmarkOptions): Promise<Table> {
  const contenders = [rollbackContender(scene), ...(hand === null ? [] : [hand])];
  const all = await interleave(contenders, { ...options, recorder: scene.proxy });
  const [own, cli] = all as readonly [Series, Series?];
  return {
    title: "one function, rolled back",
    rows: [timeRow(own), ...(cli === undefined ? [] : [ratioRow(own, cli), timeRow(cli)])],
    notes: [...notes(all), "By hand nobody has to find out which version it was; here the command does."],
  };
}

/** One function with an alias, a round trip of 60 ms away, beside the AWS CLI. */
export async function oneFunctionTables(options: BenchmarkOptions): Promise<readonly Table[]> {
  options.say(`updater: one function, ${options.runs} rounds each, ${DELAY_MS} ms added to every call`);
  const scene = await createScene(options);
  try {
    const { awsCli } = await readyPeers(scene, options.signal);
    const peer = "deploy" in awsCli ? peerContender(scene, awsCli, "aws-cli") : null;
    const tables = [await changed(scene, peer, options), await unchanged(scene, peer, options)];
    const hand = await handOf(scene, options);
    return [...tables, await back(scene, hand, options)];
  } finally {
    await scene.dispose();
  }
}

async function handOf(scene: Scene, { signal }: BenchmarkOptions): Promise<Contender | null> {
  const { awsCli } = await import("../peers/aws-cli.ts");
  const peer = await awsCli(signal);
  // Its own function has been published several times by now.
  return "executable" in peer ? handContender(scene, peer.executable, "bench-aws-cli") : null;
}
