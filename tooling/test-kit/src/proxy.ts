import { once, setMaxListeners } from "node:events";
import { Agent, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { listenOnLoopback } from "./loopback.ts";
import { isForm, operationOf } from "./operation.ts";

/** A call as the proxy saw it. Status and sizes are filled in as the call goes on. */
export interface ProxiedCall {
  /** As the signature's scope names it: `lambda`, `sts`, `s3`. */
  readonly service: string;
  /** As `UpdateFunctionCode`; method and path where the protocol does not tell. */
  readonly operation: string;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Milliseconds since the proxy was started. */
  readonly at: number;
  /** What the caller was answered; `null` until then, and for ever when the connection was closed instead. */
  status: number | null;
  /** Body bytes that came from the caller. */
  requestBytes: number;
  /** Body bytes that the target answered with. */
  responseBytes: number;
  /** Whether the target received the call. */
  forwarded: boolean;
}

/** What goes wrong with a call. */
export type Fault =
  /** Answered by the proxy; the target sees nothing of it. */
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** The connection is reset before the target sees the call, or after the target has carried it out. */
  | {
      readonly reset: "before" | "after";
      /** Called at that very moment, as to kill the caller. */
      readonly onReset?: () => void;
    }
  /** Forwarded that many milliseconds later, though the caller may be gone by then. */
  | { readonly delayMs: number }
  /** Forwarded at once, and answered that many milliseconds later. */
  | { readonly answerDelayMs: number }
  /** The answer breaks off in its middle. */
  | { readonly cut: true };

export interface ProxyOptions {
  /** Milliseconds added to every call, half before and half after forwarding. Default 0. */
  readonly delayMs?: number;
  /** Asked once for each call, before it is forwarded. */
  readonly intercept?: (call: ProxiedCall) => Fault | null;
  /** Milliseconds by which the target's clock seems ahead of what it is: added to an answer's `Date`. */
  readonly aheadMs?: (call: ProxiedCall) => number;
}

/** A running proxy. */
export interface FaultProxy {
  /** As `http://127.0.0.1:45671`. */
  readonly endpoint: string;
  /** In the order in which they came in. */
  readonly calls: ProxiedCall[];
  /** Forgets the calls so far. */
  reset(): void;
  /** Closes every connection; what was under way breaks off. */
  stop(): Promise<void>;
}

/** Between two hops only (RFC 9110, section 7.6.1); `expect` was answered by this server already. */
const HOP_HEADERS = new Set(["connection", "keep-alive", "proxy-connection", "expect"]);

/** Headers as they came, in order and with their case and `Host`. */
function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const [name = "", value = ""] = raw.slice(index, index + 2);
    if (!HOP_HEADERS.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Counts what flows through. */
function counter(add: (bytes: number) => void): PassThrough {
  const through = new PassThrough();
  through.on("data", (chunk: Buffer) => add(chunk.length));
  return through;
}

interface Exchange {
  readonly call: ProxiedCall;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** The body, where it had to be read beforehand, as to name the call. */
  readonly form: Buffer | null;
  readonly target: URL;
  readonly signal: AbortSignal;
  readonly aheadMs: number;
}

/**
 * A connection of its own for each call, as a kept one may be closed by the target at any moment. The target is not told,
 * or it would close the connection on callers that are still sending when it has answered.
 */
const AGENT = new Agent({ keepAlive: true, maxFreeSockets: 0 });

/** Sends the call on, streaming its body, and gives the target's answer. */
async function send({ call, incoming, form, target, signal }: Exchange): Promise<IncomingMessage> {
  call.forwarded = true;
  const { hostname, port } = target;
  const { method, url: path } = call;
  const headers = endToEnd(incoming.rawHeaders);
  const outgoing = forward({ hostname, port, method, path, headers, signal, agent: AGENT });
  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  // Later errors, such as a target that answers before it has read the whole body, leave the answer as it is.
  outgoing.on("error", () => undefined);
  incoming.once("close", () => {
    if (!incoming.complete) outgoing.destroy();
  });
  // What the target did not want to read is read here, or the caller would never be done with sending.
  outgoing.once("close", () => incoming.unpipe().resume());
  const count = counter((bytes) => {
    call.requestBytes += bytes;
  });
  (form === null ? incoming : Readable.from([form])).pipe(count).pipe(outgoing);
  const [answer] = await answered;
  return answer;
}

function closeConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

/** Half of the body under the whole body's `Content-Length`, then a closed connection. */
async function cutAnswer(
  call: ProxiedCall,
  answer: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await collect(answer);
  call.responseBytes = body.length;
  call.status = answer.statusCode ?? null;
  response.writeHead(answer.statusCode ?? 502, endToEnd(answer.rawHeaders));
  await new Promise((resolve) => response.write(body.subarray(0, Math.max(1, body.length >> 1)), resolve));
  response.socket?.destroySoon();
}

/** Headers of which `Date` is later, where there is one. */
function dated(raw: readonly string[], aheadMs: number): string[] {
  const headers = endToEnd(raw);
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === "date");
  if (aheadMs > 0 && at >= 0)
    headers[at + 1] = new Date(Date.parse(headers[at + 1] ?? "") + aheadMs).toUTCString();
  return headers;
}

async function passAnswer({ call, response, aheadMs }: Exchange, answer: IncomingMessage): Promise<void> {
  call.status = answer.statusCode ?? null;
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, dated(answer.rawHeaders, aheadMs));
  const count = counter((bytes) => {
    call.responseBytes += bytes;
  });
  await pipeline(answer, count, response);
}

async function answerItself(exchange: Exchange, fault: Extract<Fault, { status: number }>): Promise<void> {
  const { call, incoming, response, form } = exchange;
  call.requestBytes = (form ?? (await collect(incoming))).length;
  call.status = fault.status;
  response.writeHead(fault.status, fault.headers);
  response.end(fault.body);
}

async function carryOut(first: Exchange, fault: Fault | null, delayMs: number): Promise<void> {
  // Who does not wait for a late call takes what was not read of its body along.
  const late = fault !== null && "delayMs" in fault;
  const exchange = late ? { ...first, form: first.form ?? (await collect(first.incoming)) } : first;
  const { call, response, signal } = exchange;
  const wait = (milliseconds: number): Promise<unknown> =>
    milliseconds > 0 ? sleep(milliseconds, undefined, { signal }) : Promise.resolve();
  await wait(delayMs / 2 + (late ? fault.delayMs : 0));
  if (fault !== null && "status" in fault) {
    await wait(delayMs / 2);
    return answerItself(exchange, fault);
  }
  const reset = fault !== null && "reset" in fault ? fault : null;
  if (reset?.reset === "before") {
    reset.onReset?.();
    return closeConnection(response);
  }
  const answer = await send(exchange);
  if (reset !== null) {
    call.responseBytes = (await collect(answer)).length;
    reset.onReset?.();
    return closeConnection(response);
  }
  await wait(delayMs / 2 + (fault !== null && "answerDelayMs" in fault ? fault.answerDelayMs : 0));
  return fault !== null && "cut" in fault ? cutAnswer(call, answer, response) : passAnswer(exchange, answer);
}

/**
 * Starts a loopback HTTP proxy in front of `target`, which adds latency, records each call by its name in the service's
 * API, and injects faults. Bodies are streamed and `Host` is kept, so that function URLs and presigned URLs go through.
 *
 * @param target - as `http://127.0.0.1:4566`
 */
export async function startProxy(target: string, options: ProxyOptions = {}): Promise<FaultProxy> {
  const { delayMs = 0, intercept, aheadMs = () => 0 } = options;
  const calls: ProxiedCall[] = [];
  const started = performance.now();
  const stopping = new AbortController();
  // As many calls may be under way as there are; Node.js takes more than ten listeners for a leak.
  setMaxListeners(0, stopping.signal);
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET", url = "/", headers } = incoming;
    const at = performance.now() - started;
    const form = isForm({ method, url, headers }) ? await collect(incoming) : null;
    const named = operationOf({ method, url, headers }, form?.toString());
    const sizes = { status: null, requestBytes: 0, responseBytes: 0, forwarded: false };
    const call: ProxiedCall = { ...named, method, url, headers, at, ...sizes };
    calls.push(call);
    const fault = intercept?.(call) ?? null;
    const exchange = {
      call,
      incoming,
      response,
      form,
      target: new URL(target),
      signal: stopping.signal,
      aheadMs: aheadMs(call),
    };
    await carryOut(exchange, fault, delayMs);
  };
  const server = await listenOnLoopback(serve);
  return {
    endpoint: server.endpoint,
    calls,
    reset: () => {
      calls.length = 0;
    },
    stop: async () => {
      stopping.abort();
      await server.stop();
    },
  };
}
