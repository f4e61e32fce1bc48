import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { packTar, type TarEntry } from "modern-tar";

export type Serve = (incoming: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server on a free port of 127.0.0.1 that remembers what it was asked. */
export interface TestServer {
  /** As `http://127.0.0.1:45671`. */
  readonly endpoint: string;
  readonly requests: readonly IncomingMessage[];
  stop(): Promise<void>;
}

export async function startServer(serve: Serve): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((incoming, response) => {
    requests.push(incoming);
    serve(incoming, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    stop: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
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
