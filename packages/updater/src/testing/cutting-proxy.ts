import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** Stands in front of an emulator and cuts connections off. */
export interface CuttingProxy {
  readonly endpoint: string;
  /** Requests that were forwarded, as `PUT /2015-03-31/functions/name/code`. */
  readonly forwarded: string[];
  close(): Promise<void>;
}

/** When a connection is cut: the request is never seen, or carried out and its answer lost; `null` for not at all. */
export type Cut = (request: string, nth: number) => "before" | "after" | null;

export async function openCuttingProxy(upstream: string, cut: Cut): Promise<CuttingProxy> {
  const seen = new Map<string, number>();
  const forwarded: string[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = `${request.method} ${request.url}`;
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    const body = await buffer(request);
    const moment = cut(name, nth);
    if (moment === "before") return void request.socket.destroy();
    const answer = await forward(upstream, request, body);
    forwarded.push(name);
    if (moment === "after") return void request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { endpoint: `http://127.0.0.1:${port}`, forwarded, close };
}

async function forward(upstream: string, request: IncomingMessage, body: Buffer) {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    const mine = ["host", "connection", "content-length", "transfer-encoding", "expect"].includes(name);
    if (!mine && typeof value === "string") headers[name] = value;
  }
  const method = request.method ?? "GET";
  const answer = await fetch(upstream + request.url, {
    method,
    headers,
    ...(body.length > 0 ? { body } : {}),
  });
  const kept = [...answer.headers].filter(
    ([name]) => !["content-encoding", "content-length", "transfer-encoding", "connection"].includes(name),
  );
  return {
    status: answer.status,
    headers: Object.fromEntries(kept),
    body: Buffer.from(await answer.arrayBuffer()),
  };
}
