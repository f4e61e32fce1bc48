import { existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../command.ts";
import { atMost } from "../rows.ts";
import { summarize } from "../statistics.ts";
import type { Goal, Row, Table } from "../table.ts";
import type { Bundling } from "./contenders.ts";
import type { LoadProblems } from "./load-handlers.ts";
import type { Scene } from "./scene.ts";
import { unpack } from "./unpack.ts";

const LOAD: string = fileURLToPath(new URL("load-handlers.js", import.meta.url));

/** What a contender's packages turned out to be. */
export interface Inspected {
  readonly name: string;
  /** Bytes of each zip; empty for a contender that makes none. */
  readonly sizes: readonly number[];
  readonly packages: number;
  /** What is wrong with those that do not load. */
  readonly problems: readonly string[];
}

async function handlerModules(
  scene: Scene,
  contender: Bundling,
  names: readonly string[],
): Promise<string[]> {
  const unpacked = join(scene.folder, "unpacked");
  await rm(unpacked, { recursive: true, force: true });
  const outputs = names.map((name) => ({ name, output: contender.output(name) }));
  const zips = outputs.flatMap(({ name, output }) =>
    "zip" in output ? [{ zip: output.zip, to: join(unpacked, name) }] : [],
  );
  if (zips.length > 0) await unpack(zips, scene.command.signal ?? new AbortController().signal);
  return outputs.map(({ name, output }) => {
    const folder = "zip" in output ? join(unpacked, name) : output.folder;
    const places = ["index.mjs", `${name}.mjs`, join("src", `${name}.mjs`)].map((place) =>
      join(folder, place),
    );
    return places.find((place) => existsSync(place)) ?? join(folder, "index.mjs");
  });
}

/** Unpacks what a contender made, imports every handler, and takes the sizes. */
export async function inspect(
  scene: Scene,
  contender: Bundling,
  names: readonly string[],
): Promise<Inspected> {
  const modules = await handlerModules(scene, contender, names);
  const problems = JSON.parse(
    await runCommand(process.execPath, [LOAD, ...modules], { ...scene.command, cwd: scene.folder }),
  ) as LoadProblems;
  const outputs = names.map((name) => contender.output(name));
  const zips = outputs.flatMap((output) => ("zip" in output ? [output.zip] : []));
  return {
    name: contender.name,
    sizes: await Promise.all(zips.map(async (zip) => (await stat(zip)).size)),
    packages: names.length,
    problems: Object.entries(problems).map(([file, problem]) => `${basename(file)}: ${problem}`),
  };
}

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

function inspectedRow({ name, sizes, packages, problems }: Inspected): Row {
  const loads: Goal = {
    text: `${packages - problems.length} of ${packages} load`,
    met: problems.length === 0,
  };
  if (sizes.length === 0) return { name, median: "", range: "", calls: "", goals: [loads] };
  const { median, min, max } = summarize(sizes);
  return {
    name,
    median: `${megabytes(median)} MB`,
    range: `${megabytes(min)}–${megabytes(max)}`,
    calls: megabytes(total(sizes)),
    goals: [loads],
  };
}

function sizeRatio(own: Inspected, other: Inspected, goal?: (ratio: number) => Goal): Row {
  const ratio = total(own.sizes) / total(other.sizes);
  const goals = goal === undefined ? [] : [goal(ratio)];
  return { name: `÷ ${other.name}`, median: "", range: "", calls: `${ratio.toFixed(2)} ×`, goals };
}

/**
 * The sizes of zips side by side, and whether their handlers load.
 *
 * @param own - of Sluice, in one way and another
 * @param peer - name of the contender that the goal is held against
 */
export function packagesTable(own: readonly Inspected[], others: readonly Inspected[], peer: string): Table {
  const goal = (ratio: number): Goal => atMost(ratio, 0.85, "0.85 ×");
  const zipped = others.filter(({ sizes }) => sizes.length > 0);
  const problems = [...own, ...others].flatMap((one) =>
    one.problems.slice(0, 1).map((problem) => `${one.name}: ${problem}`),
  );
  return {
    title: "packages",
    heads: ["median", "min–max", "total MB"],
    rows: [
      ...own.flatMap((one) => [
        inspectedRow(one),
        ...zipped.map((other) => sizeRatio(one, other, other.name === peer ? goal : undefined)),
      ]),
      ...others.map(inspectedRow),
    ],
    notes: problems,
  };
}
