import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { type LoopbackServer, listenOnLoopback } from "@sluice/test-kit";
import { packTar, type TarEntry } from "modern-tar";

export type Serve = (incoming: IncomingMessage, response: ServerResponse) => void;

/** A server that remembers what it was asked. */
export interface TestServer extends LoopbackServer {
  readonly requests: readonly IncomingMessage[];
}

export async function startServer(serve: Serve): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  const server = await listenOnLoopback(async (incoming, response) => {
    requests.push(incoming);
    serve(incoming, response);
  });
  return { ...server, requests };
}

/** A file of a tarball; `name` with the first folder, as `package/index.js`. */
export function tarFile(name: string, text: string, mode = 0o644): TarEntry {
  return { header: { name, type: "file", size: Buffer.byteLength(text), mode }, body: text };
}

/** What `npm pack` makes. */
export async function packageTarball(...entries: readonly TarEntry[]): Promise<Buffer> {
  return gzipSync(await packTar(entries));
}

export function integrityOfBytes(bytes: Uint8Array, algorithm = "sha512"): string {
  return `${algorithm}-${createHash(algorithm).update(bytes).digest("base64")}`;
}
