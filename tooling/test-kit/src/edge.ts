import type { IncomingMessage, ServerResponse } from "node:http";
import { listenOnLoopback } from "./loopback.ts";

/** A request as the service's edge saw it. */
export interface EdgeRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Milliseconds since the edge was started. */
  readonly at: number;
}

/** What the edge answers; `reset` closes the connection without a word. */
export type EdgeAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Buffer;
    }
  | "reset";

/** A server on loopback that plays the outer side of a service, so that a real client runs against it. */
export interface Edge {
  readonly endpoint: string;
  readonly requests: EdgeRequest[];
  stop(): Promise<void>;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, answer: EdgeAnswer): void {
  if (answer === "reset") {
    response.socket?.destroy();
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}

/** Starts an {@link Edge}; `answer` is asked for each request, with how many came before it. */
export async function startEdge(
  answer: (request: EdgeRequest, index: number) => EdgeAnswer | Promise<EdgeAnswer>,
): Promise<Edge> {
  const requests: EdgeRequest[] = [];
  const started = performance.now();
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = performance.now() - started;
    const { method = "", url = "" } = incoming;
    const headers = incoming.headers as Record<string, string | undefined>;
    const request: EdgeRequest = { method, url, headers, body: await read(incoming), at };
    requests.push(request);
    reply(response, await answer(request, requests.length - 1));
  };
  const server = await listenOnLoopback(serve);
  return {
    endpoint: server.endpoint,
    requests,
    stop: server.stop,
  };
}
