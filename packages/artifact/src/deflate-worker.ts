import { parentPort } from "node:worker_threads";
import { type DeflateOptions, deflateSync } from "fflate";

/** What a worker of the pool is sent. */
export interface DeflateRequest {
  readonly bytes: Uint8Array;
  readonly options: DeflateOptions;
}

// Whoever bundles this package gives this file an entry of its own; where it is missing, the pool's caller deflates by itself.
parentPort?.on("message", ({ bytes, options }: DeflateRequest) => {
  const compressed = deflateSync(bytes, options);
  parentPort?.postMessage(compressed, [compressed.buffer as ArrayBuffer]);
});
