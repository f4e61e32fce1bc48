import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Server } from "node:net";
import { CERTIFICATE, KEY } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { indexRun } from "../testing/index-run.ts";
import { startIndex, type TestIndex } from "../testing/index-server.ts";
import { createIndexClient } from "./client.ts";

const FILE = { filename: "tiny-1.0-py3-none-any.whl", bytes: Buffer.from("wheel") };

let place: FsFixture;
let index: TestIndex;
let proxies: { server: Server; close(): void }[];

beforeEach(async () => {
  place = await createFixture({ "ca.pem": CERTIFICATE, "authorities/one.pem": CERTIFICATE, "repo/x": "" });
  index = await startIndex({ packages: [FILE], tls: { key: KEY, cert: CERTIFICATE } });
  proxies = [];
});

afterEach(async () => {
  await index.stop();
  for (const { server, close } of proxies) {
    server.close();
    close();
    if (server.listening) await once(server, "close");
  }
  await place.rm();
});

/** A proxy that tunnels by CONNECT and passes plain requests on to `plain`. */
async function startProxy(seen: string[], refusal?: "hang up" | 407): Promise<string> {
  const proxy = createServer((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    response.end('<a href="/files/tiny-2.0-py3-none-any.whl">by the proxy</a>');
  });
  proxy.on("connect", (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url} ${incoming.headers["proxy-authorization"] ?? ""}`.trim());
    if (refusal === "hang up") return socket.destroy();
    if (refusal !== undefined) return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const target = connect(Number(incoming.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    for (const side of [socket, target]) side.on("error", () => side.destroy());
    socket.on("close", () => target.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  proxies.push({ server: proxy, close: () => proxy.closeAllConnections() });
  await once(proxy, "listening");
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

/** The files listed, or why there are none. */
async function listed(env: Readonly<Record<string, string>>): Promise<string> {
  const { run } = indexRun({ folder: place.path, env: { PIP_INDEX_URL: index.url, ...env } });
  const client = createIndexClient(run);
  try {
    return (await client.listFiles("tiny")).map(({ filename }) => filename).join();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    client.close();
  }
}

describe("an index with a certificate of one's own", () => {
  it.each([
    ["SSL_CERT_FILE", () => ({ SSL_CERT_FILE: place.getPath("ca.pem") })],
    ["SSL_CERT_DIR", () => ({ SSL_CERT_DIR: place.getPath("authorities") })],
    ["PIP_CERT", () => ({ PIP_CERT: place.getPath("ca.pem") })],
    ["REQUESTS_CA_BUNDLE", () => ({ REQUESTS_CA_BUNDLE: place.getPath("ca.pem") })],
    ["UV_INSECURE_HOST", () => ({ UV_INSECURE_HOST: "localhost" })],
    ["PIP_TRUSTED_HOST", () => ({ PIP_TRUSTED_HOST: new URL(index.url).host })],
  ])("is trusted by %s", async (_, env) => {
    expect(await listed(env())).toBe(FILE.filename);
  });

  it("is refused without, and another host's trust is not its own", async () => {
    expect(await listed({})).toMatch(/self-signed certificate/);
    expect(await listed({ UV_INSECURE_HOST: "other localhost:1" })).toMatch(/self-signed certificate/);
  });

  it("is not asked again: no attempt mends a certificate", async () => {
    const env = { PIP_INDEX_URL: index.url };
    const { run, pauses } = indexRun({ folder: place.path, env });
    const client = createIndexClient(run);
    await expect(client.listFiles("tiny")).rejects.toThrow(/\(1 attempt\)/);
    client.close();
    expect(pauses).toEqual([]);
  });

  it("says which authorities cannot be read", async () => {
    expect(await listed({ SSL_CERT_FILE: "/absent.pem" })).toMatch(/in \/absent\.pem cannot be read/);
    expect(await listed({ PIP_CERT: place.getPath("repo") })).toMatch(/holds no certificate in PEM format/);
  });
});

describe("a way that leaves https", () => {
  it("is gone on without credentials, of the netrc too", async () => {
    await using plain = await startIndex({ packages: [FILE] });
    await using leading = await startIndex({
      packages: [],
      tls: { key: KEY, cert: CERTIFICATE },
      intercept: (incoming, response) => {
        const location = `${plain.origin.replace("127.0.0.1", "localhost")}${incoming.url}`;
        response.writeHead(307, { location }).end();
        return true;
      },
    });
    await place.writeFile(".netrc", "machine localhost login ci password s3cret");
    const env = { UV_INSECURE_HOST: "localhost", PIP_INDEX_URL: leading.url };
    expect(await listed(env)).toBe(FILE.filename);
    expect(leading.requests[0]?.user).toBe("ci:s3cret");
    expect(plain.requests[0]?.user).toBeNull();
  });
});

describe("a proxy", () => {
  const trusted = { UV_INSECURE_HOST: "localhost" };

  it("tunnels to https, told who asks", async () => {
    const seen: string[] = [];
    const proxy = await startProxy(seen);
    const { host } = new URL(index.url);
    const cases = [
      { HTTPS_PROXY: proxy },
      { ALL_PROXY: proxy },
      { PIP_PROXY: proxy },
      { https_proxy: proxy.replace("//", "//user:word%21@") },
    ];
    for (const env of cases) expect(await listed({ ...trusted, ...env })).toBe(FILE.filename);
    const basic = `Basic ${Buffer.from("user:word!").toString("base64")}`;
    expect(seen).toEqual([...Array.from({ length: 3 }, () => `CONNECT ${host}`), `CONNECT ${host} ${basic}`]);
  });

  it("still has the index's certificate checked", async () => {
    const env = { HTTPS_PROXY: await startProxy([]) };
    expect(await listed(env)).toMatch(/self-signed certificate/);
    expect(await listed({ ...env, SSL_CERT_FILE: place.getPath("ca.pem") })).toBe(FILE.filename);
  });

  it("answers for http itself", async () => {
    const seen: string[] = [];
    const env = { http_proxy: await startProxy(seen), PIP_INDEX_URL: "http://index.example/simple" };
    expect(await listed(env)).toBe("tiny-2.0-py3-none-any.whl");
    expect(seen).toEqual(["GET http://index.example/simple/tiny/"]);
  });

  it("is left out where NO_PROXY says so", async () => {
    const seen: string[] = [];
    const env = { ...trusted, HTTPS_PROXY: await startProxy(seen) };
    expect(await listed({ ...env, NO_PROXY: "example.com, localhost" })).toBe(FILE.filename);
    expect(await listed({ ...env, no_proxy: "*" })).toBe(FILE.filename);
    expect(seen).toEqual([]);
    expect(await listed({ ...env, NO_PROXY: "localhost:1,calhost" })).toBe(FILE.filename);
    expect(seen).toHaveLength(1);
  });

  it("that refuses or hangs up is an error that says so", async () => {
    const refusing = { ...trusted, HTTPS_PROXY: await startProxy([], 407) };
    expect(await listed(refusing)).toMatch(/the proxy answered 407 to CONNECT/);
    const gone = { ...trusted, HTTPS_PROXY: (await startProxy([], "hang up")).replace("//", "//user:word@") };
    expect(await listed(gone)).toMatch(/could not be fetched .*\(4 attempts\)/);
    expect(await listed(gone)).not.toContain("word");
  });
});
