import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** A server on a free port of 127.0.0.1. */
export interface LoopbackServer {
  /** As `http://127.0.0.1:45671`. */
  readonly endpoint: string;
  /** Closes every connection; what was under way breaks off. */
  stop(): Promise<void>;
}

/** Starts a server whose handler may fail: then the connection is closed. */
export async function listenOnLoopback(
  serve: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<LoopbackServer> {
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
