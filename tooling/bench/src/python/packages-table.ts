import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { unpack } from "../bundler/unpack.ts";
import { runCommand } from "../command.ts";
import { atMost } from "../rows.ts";
import type { Goal, Row, Table } from "../table.ts";
import type { Packing } from "./contenders.ts";
import { ARM, MINOR, X86 } from "./packages.ts";
import type { Scene } from "./scene.ts";

/** Calls the handler of the package that is unpacked in the working folder; nothing else can be imported. */
const CALL = `
import sys
sys.path[:] = [path for path in sys.path if "site-packages" not in path]
sys.path.insert(0, ".")
from app import lambda_handler
assert lambda_handler({"values": [1, 2, 3]}, None)["mean"]
`;

/** What a contender's zips turned out to be. */
export interface Inspected {
  readonly name: string;
  /** Bytes. */
  readonly arm: number;
  readonly x86: number;
  /** What is wrong with that for x86_64; empty when its handler answers, `null` when it cannot be tried here. */
  readonly problem: string | null;
}

/** This machine's own words for x86_64. */
const X64 = "x64";

async function problemOf(scene: Scene, zip: string): Promise<string | null> {
  const { target } = scene.tools;
  if (target === null || process.platform !== "linux" || process.arch !== X64) return null;
  const to = join(scene.folder, "unpacked");
  await rm(to, { recursive: true, force: true });
  await unpack([{ zip, to }], scene.command.signal ?? new AbortController().signal);
  try {
    await runCommand(target, ["-B", "-c", CALL], { ...scene.command, cwd: to });
    return "";
  } catch (error) {
    scene.command.signal?.throwIfAborted();
    return String(error).trim().split("\n").at(-1) ?? "";
  }
}

/** Takes the sizes of what a contender made, and calls the handler that this machine can run. */
export async function inspect(scene: Scene, contender: Packing): Promise<Inspected> {
  const zip = contender.output(X86);
  return {
    name: contender.name,
    arm: (await stat(contender.output(ARM))).size,
    x86: (await stat(zip)).size,
    problem: await problemOf(scene, zip),
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

function inspectedRow({ name, arm, x86, problem }: Inspected): Row {
  const goals: readonly Goal[] = problem === null ? [] : [{ text: "x86_64 runs", met: problem === "" }];
  return { name, median: megabytes(arm), range: megabytes(x86), calls: megabytes(arm + x86), goals };
}

function ratioRow(own: Inspected, other: Inspected): Row {
  const [arm, x86] = [own.arm / other.arm, own.x86 / other.x86];
  const both = (own.arm + own.x86) / (other.arm + other.x86);
  const [median, range, calls] = [arm, x86, both].map((ratio) => `${ratio.toFixed(2)} ×`) as [
    string,
    string,
    string,
  ];
  const goals = [atMost(Math.max(arm, x86), 0.9, "0.90 ×")];
  return { name: `÷ ${other.name}`, median, range, calls, goals };
}

/** The sizes of zips side by side, and whether their handlers answer. */
export function packagesTable(own: Inspected, others: readonly Inspected[]): Table {
  const problems = [own, ...others].filter(({ problem }) => problem !== null && problem !== "");
  return {
    title: "zips, in MB",
    heads: ["arm64", "x86_64", "both"],
    rows: [inspectedRow(own), ...others.map((other) => ratioRow(own, other)), ...others.map(inspectedRow)],
    notes: [
      "pip compiles modules for its own Python unless told otherwise; uv does not.",
      own.problem === null ? `Handlers are not called: this takes Python 3.${MINOR} on Linux x86_64.` : "",
      ...problems.map(({ name, problem }) => `${name}: ${problem}`),
    ].filter(Boolean),
  };
}
