import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { htmlPage, type IndexedFile, jsonPage, projectOf, sha256Of } from "./index-pages.ts";

export interface IndexRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** `user:password` of Basic authorization. */
  readonly user: string | null;
  /** The Range header. */
  readonly range: string | null;
}

export interface IndexOptions {
  /** May be changed while the index runs. */
  readonly packages: readonly IndexedFile[];
  /** Without them the index answers 401. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** What project pages are; default: what the client asks for. */
  readonly format?: "html" | "json";
  /** PEM: then the index speaks TLS, as `https://localhost:PORT`. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Looked at first; one that answers itself returns `true`. */
  readonly intercept?: (incoming: IncomingMessage, response: ServerResponse) => boolean;
}

export interface TestIndex extends AsyncDisposable {
  /** As `http://127.0.0.1:4321/simple/`. */
  readonly url: string;
  /** The same with the credentials in it. */
  readonly urlWithCredentials: string;
  readonly origin: string;
  /** Every request so far, in order. */
  readonly requests: readonly IndexRequest[];
  /** Where a file of the index stands. */
  fileUrl(filename: string): string;
  stop(): Promise<void>;
}

function seenIn(incoming: IncomingMessage): IndexRequest {
  const [, encoded] = /^Basic (.+)$/.exec(incoming.headers.authorization ?? "") ?? [];
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    user: encoded === undefined ? null : Buffer.from(encoded, "base64").toString(),
    range: incoming.headers.range ?? null,
  };
}

/** The bytes asked for by one range of RFC 9110, section 14.1.2; `null`: all of them. */
function rangeIn(header: string | undefined, length: number): readonly [from: number, to: number] | null {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first !== "") return [Number(first), Math.min(last === "" ? length : Number(last) + 1, length)];
  return last === "" ? null : [Math.max(0, length - Number(last)), length];
}

function sendFile(file: IndexedFile, incoming: IncomingMessage, response: ServerResponse): void {
  const { bytes } = file;
  const etag = `"${sha256Of(bytes).slice(0, 16)}"`;
  const condition = incoming.headers["if-range"];
  const isFresh = condition === undefined || condition === etag;
  const range = isFresh ? rangeIn(incoming.headers.range, bytes.length) : null;
  const [from, to] = range ?? [0, bytes.length];
  if (from >= bytes.length && range !== null) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  response.writeHead(range === null ? 200 : 206, {
    "accept-ranges": "bytes",
    "content-length": to - from,
    "content-type": "application/octet-stream",
    etag,
    ...(range === null ? {} : { "content-range": `bytes ${from}-${to - 1}/${bytes.length}` }),
  });
  response.end(incoming.method === "HEAD" ? undefined : bytes.subarray(from, to));
}

function sendPage(
  files: readonly IndexedFile[],
  name: string,
  options: IndexOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  const wantsJson = (incoming.headers.accept ?? "").includes("application/vnd.pypi.simple.v1+json");
  const isJson = options.format === "json" || (options.format !== "html" && wantsJson);
  const type = isJson ? "application/vnd.pypi.simple.v1+json" : "text/html; charset=utf-8";
  response
    .writeHead(200, { "content-type": type })
    .end(isJson ? jsonPage(name, files) : htmlPage(name, files));
}

function answer(options: IndexOptions, incoming: IncomingMessage, response: ServerResponse): void {
  if (options.intercept?.(incoming, response)) return;
  const { credentials, packages } = options;
  const { path, user } = seenIn(incoming);
  if (credentials !== undefined && user !== `${credentials.username}:${credentials.password}`) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="index"' }).end();
    return;
  }
  const { pathname } = new URL(path, "http://index");
  const [, project] = /^\/simple\/([^/]+)\/?$/.exec(pathname) ?? [];
  const [, filename] = /^\/files\/([^/]+)$/.exec(pathname) ?? [];
  const files = packages.filter((file) => projectOf(file.filename) === project);
  const file = packages.find((one) => one.filename === decodeURIComponent(filename ?? ""));
  if (project !== undefined && files.length > 0) sendPage(files, project, options, incoming, response);
  else if (file !== undefined) sendFile(file, incoming, response);
  else response.writeHead(404).end();
}

async function stopServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

/**
 * Starts a package index on loopback: the Simple API in HTML (PEP 503) and JSON (PEP 691), and the files with ranges. A project is
 * there if a file of it is.
 */
export async function startIndex(options: IndexOptions): Promise<TestIndex> {
  const requests: IndexRequest[] = [];
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    requests.push(seenIn(incoming));
    answer(options, incoming, response);
  };
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const origin = options.tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  const withUser = new URL("/simple/", origin);
  withUser.username = encodeURIComponent(options.credentials?.username ?? "");
  withUser.password = encodeURIComponent(options.credentials?.password ?? "");
  const stop = (): Promise<void> => stopServer(server);
  return {
    url: `${origin}/simple/`,
    urlWithCredentials: withUser.href,
    origin,
    requests,
    fileUrl: (filename) => `${origin}/files/${encodeURIComponent(filename)}`,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
