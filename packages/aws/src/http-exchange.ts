import type { ClientRequest, IncomingMessage } from "node:http";
import type { Agents } from "./agents.ts";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  readonly timeoutMs: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Milliseconds have passed: named as the SDK names it, so that it counts as a request that may have been heard. */
function late(milliseconds: number): Error {
  const error = new Error(`no answer within ${milliseconds / 1_000} s`);
  return Object.assign(error, { name: "TimeoutError", code: "ETIMEDOUT" });
}

async function bodyOf(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function answerTo(request: ClientRequest, body: Uint8Array | null): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.on("error", reject);
    request.end(body ?? undefined);
  });
  const headers = Object.entries(response.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")] as const,
  );
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: await bodyOf(response),
  };
}

/** One HTTP request and its whole answer. `headers.host` may be another than the one of `base`. */
export async function exchange(base: URL, request: Request, agents: Agents): Promise<Answer> {
  const { method, path, headers, body, timeoutMs } = request;
  const secure = base.protocol === "https:";
  const { request: open } = secure ? await import("node:https") : await import("node:http");
  const agent = secure ? agents.httpsAgent : agents.httpAgent;
  const sending = open({
    // Brackets are for URLs: Node.js takes the bare address.
    hostname: base.hostname.replace(/^\[|\]$/g, ""),
    port: base.port,
    method,
    path,
    headers,
    ...("destroy" in agent ? { agent } : {}),
  });
  const timeout = late(timeoutMs);
  const timer = setTimeout(() => sending.destroy(timeout), timeoutMs);
  try {
    return await answerTo(sending, body);
  } catch (error) {
    // A body that breaks off says that the connection was reset, also when it was this clock that did it.
    throw sending.errored === timeout ? timeout : error;
  } finally {
    clearTimeout(timer);
    sending.destroy();
  }
}
