import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { projectOf, sha256Of, type WheelFile } from "./wheels.ts";

/** A package index on loopback. */
export interface PackageIndex {
  /** As `http://127.0.0.1:4321/simple/`. */
  readonly url: string;
  fileUrl(filename: string): string;
  stop(): Promise<void>;
}

/** What an address gives. */
interface Resource {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
  /** As PyPI has it: pages for ten minutes, files for ever. */
  readonly keep: string;
}

const PAGE = "application/vnd.pypi.simple.v1+json";

function resource(type: string, body: Buffer, keep: string): Resource {
  return { type, body, etag: `"${sha256Of(body).slice(0, 32)}"`, keep };
}

/** A project's page (PEP 691), which says that METADATA can be had alone (PEP 714). */
function page(name: string, wheels: readonly WheelFile[]): Resource {
  const files = wheels.map(({ filename, bytes, sha256, metadata }) => ({
    filename,
    url: `/files/${filename}`,
    hashes: { sha256 },
    size: bytes.length,
    "core-metadata": { sha256: sha256Of(metadata) },
    "upload-time": "2026-01-01T00:00:00Z",
    yanked: false,
  }));
  const versions = [...new Set(wheels.map(({ filename }) => filename.split("-")[1] ?? ""))];
  const document = { meta: { "api-version": "1.1" }, name, versions, files };
  return resource(PAGE, Buffer.from(JSON.stringify(document)), "max-age=600, public");
}

function resourcesOf(wheels: readonly WheelFile[]): ReadonlyMap<string, Resource> {
  const resources = new Map<string, Resource>();
  const forEver = "max-age=365000000, immutable, public";
  for (const { filename, bytes, metadata } of wheels) {
    resources.set(`/files/${filename}`, resource("application/octet-stream", bytes, forEver));
    resources.set(`/files/${filename}.metadata`, resource("application/octet-stream", metadata, forEver));
    const name = projectOf(filename);
    const same = wheels.filter((wheel) => projectOf(wheel.filename) === name);
    resources.set(`/simple/${name}/`, page(name, same));
  }
  return resources;
}

function answer(found: Resource | undefined, incoming: IncomingMessage, response: ServerResponse): void {
  if (found === undefined) {
    response.writeHead(404).end();
    return;
  }
  const { type, body, etag, keep } = found;
  const headers = { etag, "cache-control": keep };
  if (incoming.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, "content-type": type, "content-length": body.length });
  response.end(incoming.method === "HEAD" ? undefined : body);
}

/** Starts an index that has just these wheels and answers as PyPI does, from memory. */
export async function startPackageIndex(wheels: readonly WheelFile[]): Promise<PackageIndex> {
  const resources = resourcesOf(wheels);
  const server = createServer((incoming, response) => {
    const { pathname } = new URL(incoming.url ?? "", "http://index");
    answer(resources.get(decodeURIComponent(pathname)), incoming, response);
  });
  // Longer than any round: a connection that is closed while it is used would be measured, too.
  server.keepAliveTimeout = 600_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/simple/`,
    fileUrl: (filename) => `${origin}/files/${filename}`,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
