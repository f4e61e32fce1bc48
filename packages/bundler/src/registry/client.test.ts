import { once } from "node:events";
import { createServer as createPlain } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { join } from "node:path";
import { CERTIFICATE, KEY } from "@sluice/test-kit";
import { createFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient, type Exchange } from "./client.ts";
import type { Environment, NpmSettings } from "./npmrc.ts";

let servers: { server: Server; close(): void }[];
let registry: string;

/** The port that a server was given. */
async function listen(server: Server & { closeAllConnections(): void }): Promise<number> {
  server.listen(0, "127.0.0.1");
  servers.push({ server, close: () => server.closeAllConnections() });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A proxy that tunnels by CONNECT and answers plain requests itself. */
async function startProxy(seen: string[], hangUp = false): Promise<string> {
  const proxy = createPlain((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    response.end("by the proxy");
  });
  proxy.on("connect", (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url} ${incoming.headers["proxy-authorization"] ?? ""}`.trim());
    if (hangUp) return socket.destroy();
    const target = connect(Number(incoming.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    for (const side of [socket, target]) side.on("error", () => side.destroy());
    socket.on("close", () => target.destroy());
  });
  return `http://127.0.0.1:${await listen(proxy)}`;
}

async function get(url: string, npm: NpmSettings, env: Environment = {}, root = "/"): Promise<Exchange> {
  const fast = { "fetch-retries": "0", "fetch-timeout": "2000", ...npm };
  const settings = { npm: fast, unset: [], root };
  const client = await createClient(settings, env, new AbortController().signal);
  try {
    return await client.get(url, {});
  } finally {
    await client.close();
  }
}

const text = (exchange: Exchange): string =>
  exchange.status === null ? exchange.reason : Buffer.from(exchange.bytes).toString();

beforeEach(async () => {
  servers = [];
  const tls = createServer({ key: KEY, cert: CERTIFICATE }, (_, response) => response.end("by the registry"));
  registry = `https://localhost:${await listen(tls)}/`;
});

afterEach(async () => {
  for (const { server, close } of servers) {
    server.close();
    close();
    if (server.listening) await once(server, "close");
  }
});

describe("a registry with a certificate of one's own", () => {
  it("is trusted by ca, cafile, or not at all", async () => {
    await using repo = await createFixture({ "ca.pem": CERTIFICATE });
    expect(text(await get(registry, {}))).toMatch(/self-signed certificate/);
    expect(text(await get(registry, { ca: CERTIFICATE.replaceAll("\n", "\\n") }))).toBe("by the registry");
    expect(text(await get(registry, { cafile: "ca.pem" }, {}, repo.path))).toBe("by the registry");
    expect(text(await get(registry, { cafile: join(repo.path, "ca.pem") }))).toBe("by the registry");
    expect(text(await get(registry, { "strict-ssl": "false" }))).toBe("by the registry");
    await expect(get(registry, { cafile: "absent.pem" })).rejects.toThrow(/absent\.pem cannot be read/);
  });
});

describe("a proxy", () => {
  it("tunnels to https", async () => {
    const seen: string[] = [];
    const proxy = await startProxy(seen);
    const { host } = new URL(registry);
    const ca = { ca: CERTIFICATE };
    expect(text(await get(registry, { ...ca, "https-proxy": proxy }))).toBe("by the registry");
    expect(text(await get(registry, { ...ca, proxy }))).toBe("by the registry");
    expect(text(await get(registry, ca, { HTTPS_PROXY: proxy.replace("//", "//user:word@") }))).toBe(
      "by the registry",
    );
    expect(seen).toEqual([
      `CONNECT ${host}`,
      `CONNECT ${host}`,
      `CONNECT ${host} Basic ${Buffer.from("user:word").toString("base64")}`,
    ]);
  });

  it("answers for http itself", async () => {
    const seen: string[] = [];
    const env = { http_proxy: await startProxy(seen) };
    expect(text(await get("http://npm.example/tool", {}, env))).toBe("by the proxy");
    expect(seen).toEqual(["GET http://npm.example/tool"]);
  });

  it("is left out where noproxy says so", async () => {
    const seen: string[] = [];
    const proxy = await startProxy(seen);
    const npm = { ca: CERTIFICATE, proxy };
    expect(text(await get(registry, { ...npm, noproxy: "localhost" }))).toBe("by the registry");
    expect(text(await get(registry, npm, { NO_PROXY: "localhost" }))).toBe("by the registry");
    expect(seen).toEqual([]);
  });

  it("that hangs up is an error, and no wait without end", async () => {
    const proxy = await startProxy([], true);
    const answer = await get(registry, { ca: CERTIFICATE, proxy, "fetch-timeout": "100" });
    expect(answer.status).toBeNull();
  });
});
