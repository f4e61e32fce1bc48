import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { CERTIFICATE, KEY } from "./certificate.ts";

const TLS = { cert: CERTIFICATE, key: KEY };

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

/** AWS behind a certificate that nobody knows: what a proxy that reads along makes of it. */
export interface TlsEdge {
  readonly port: number;
  /** Method, host and path of each request. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** Starts a {@link TlsEdge}; `answer` gives the body by host. */
export async function startTlsEdge(
  answer: (host: string) => { type: string; body: string },
): Promise<TlsEdge> {
  const requests: string[] = [];
  const server = createHttps(TLS, (request, response) => {
    const host = request.headers.host ?? "";
    requests.push(`${request.method} ${host}${request.url}`);
    const { type, body } = answer(host);
    request.resume().once("end", () => response.writeHead(200, { "content-type": type }).end(body));
  });
  const port = await listen(server);
  return { port, requests, stop: () => close(server) };
}

/** A proxy for CONNECT alone, which leads wherever it was told to, whatever it is asked for. */
export interface TunnelProxy {
  readonly port: number;
  /** What was asked for, with the authorization. */
  readonly asked: { readonly peer: string; readonly authorization: string | undefined }[];
  stop(): Promise<void>;
}

/** Starts a {@link TunnelProxy}. `refuse` is the status it answers with instead of a tunnel; `secure` makes it speak TLS itself. */
export async function startTunnelProxy(
  to: number,
  { refuse, secure = false }: { readonly refuse?: number; readonly secure?: boolean } = {},
): Promise<TunnelProxy> {
  const asked: { peer: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Duplex>();
  const server: Server = secure ? createHttps(TLS) : createHttp();
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    asked.push({ peer: request.url ?? "", authorization: request.headers["proxy-authorization"] });
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
      return;
    }
    const onward = connect(to, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on("error", () => one.destroy());
      one.once("close", () => sockets.delete(one));
    }
  });
  const port = await listen(server);
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await close(server);
  };
  return { port, asked, stop };
}
