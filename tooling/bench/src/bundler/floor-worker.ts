import { parentPort } from "node:worker_threads";
import { deflateRawSync } from "node:zlib";
import { deflatedFile } from "./zip-file.ts";

/** A file as esbuild gives it. */
export interface FloorFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

parentPort?.on("message", (files: readonly FloorFile[]) => {
  const deflated = files.map(({ path, contents }) =>
    deflatedFile(path, contents, deflateRawSync(contents, { level: 6 })),
  );
  parentPort?.postMessage(deflated);
});
