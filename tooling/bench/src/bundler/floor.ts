/**
 * A process of its own that is as little as bundling can be: one esbuild build with all entries, and deflating what it gives, on
 * both cores. Arguments: the repository's root, the folder for the zips, entries. Prints milliseconds by phase as JSON.
 */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import type { FloorFile } from "./floor-worker.ts";
import { COMMON_OPTIONS } from "./options.ts";
import type { DeflatedFile } from "./zip-file.ts";
import { zipFile } from "./zip-file.ts";

const WORKER = new URL("floor-worker.js", import.meta.url);
const CORES = 2;

/** What this process says of itself, in milliseconds. */
export interface FloorTimes {
  /** Until its first line runs. */
  readonly start: number;
  readonly esbuild: number;
  readonly deflate: number;
}

interface Bundle {
  readonly name: string;
  readonly files: readonly FloorFile[];
}

async function bundle(root: string, entries: readonly string[]): Promise<readonly Bundle[]> {
  const entryPoints = entries.map((entry) => ({ in: join(root, entry), out: basename(entry, ".ts") }));
  const options = { ...COMMON_OPTIONS, absWorkingDir: root, outdir: root, write: false } as const;
  const { outputFiles } = await build({ ...options, entryPoints, outExtension: { ".js": ".mjs" } });
  return entryPoints.map(({ out }) => ({
    name: out,
    files: outputFiles
      .filter(({ path }) => basename(path).replace(/\.mjs(\.map)?$/, "") === out)
      .map(({ path, contents }) => ({ path: basename(path).replace(out, "index"), contents })),
  }));
}

/** Hands each worker the next bundle as soon as it is idle. */
async function deflateAll(
  bundles: readonly Bundle[],
  done: (bundle: Bundle, files: readonly DeflatedFile[]) => Promise<void>,
): Promise<void> {
  const queue = [...bundles];
  const work = async (): Promise<void> => {
    const worker = new Worker(WORKER);
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        worker.postMessage(next.files);
        const [files] = (await once(worker, "message")) as [readonly DeflatedFile[]];
        await done(next, files);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: CORES }, work));
}

const [root = "", out = "", ...entries] = process.argv.slice(2);
const started = performance.now();
const bundles = await bundle(root, entries);
const bundled = performance.now();
await mkdir(out, { recursive: true });
await deflateAll(bundles, ({ name }, files) => writeFile(join(out, `${name}.zip`), zipFile(files)));
const times: FloorTimes = {
  start: started,
  esbuild: bundled - started,
  deflate: performance.now() - bundled,
};
process.stdout.write(JSON.stringify(times));
