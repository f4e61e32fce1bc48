import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSluiceError, type Problem } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  integrityOfBytes,
  packageTarball,
  type Serve,
  startServer,
  type TestServer,
  tarFile,
} from "../testing/registry.ts";
import { type Fetchable, fetchPackage, type PackageFile } from "./fetch-package.ts";

const TOKEN = "a-token-that-nobody-may-see";

let project: FsFixture;
let registry: TestServer;
let serve: Serve;
let good: Buffer;

beforeEach(async () => {
  good = await packageTarball(
    tarFile("package/package.json", '{"name":"tool"}'),
    tarFile("package/bin/tool.node", "\u007fELF", 0o755),
  );
  serve = (_, response) => response.end(good);
  registry = await startServer((incoming, response) => serve(incoming, response));
  project = await createFixture({
    ".git/HEAD": "",
    ".npmrc": `registry=${registry.endpoint}\nfetch-retry-mintimeout=1\n`,
  });
});

afterEach(async () => {
  await registry.stop();
  await project.rm();
});

function fetched(
  wanted: Partial<Fetchable> = {},
  env: Record<string, string> = {},
  options: { notice?: (message: string) => void; signal?: AbortSignal; root?: string } = {},
): Promise<readonly PackageFile[]> {
  return fetchPackage(
    { name: "tool", version: "1.0.0", integrity: integrityOfBytes(good), tarball: null, ...wanted },
    {
      root: project.path,
      env: { HOME: join(project.path, "home"), ...env },
      cacheFolder: join(project.path, "cache"),
      signal: new AbortController().signal,
      ...options,
    },
  );
}

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => expect.fail("should have been refused"),
    (reason: unknown) => reason,
  );
  if (!isSluiceError(error)) throw error;
  expect(JSON.stringify(error.problems)).not.toContain(TOKEN);
  return error.problems[0];
}

/** A packument, with `dist` of version 1.0.0, at the package's place; the tarball everywhere else. */
function withPackument(dist: object): Serve {
  return (incoming, response) => {
    const isTarball = incoming.url?.endsWith(".tgz") === true;
    response.end(isTarball ? good : JSON.stringify({ versions: { "1.0.0": { dist } } }));
  };
}

const kept = (): string[] =>
  readdirSync(join(project.path, "cache"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe("a locked package", () => {
  it("gives its files, fetched once", async () => {
    const files = await fetched();
    expect(files.map(({ path, executable }) => [path, executable])).toEqual([
      ["bin/tool.node", true],
      ["package.json", false],
    ]);
    expect(Buffer.from(files[1]?.bytes ?? []).toString()).toBe('{"name":"tool"}');
    expect(registry.requests.map(({ url }) => url)).toEqual(["/tool/-/tool-1.0.0.tgz"]);
    expect(await fetched()).toEqual(files);
    expect(registry.requests).toHaveLength(1);
  });

  it("is downloaded once for many at once", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => fetched()));
    expect(new Set(all.map((files) => files.length))).toEqual(new Set([2]));
    expect(registry.requests).toHaveLength(1);
    expect(kept()).toHaveLength(1);
  });

  it("is fetched again when the cache was changed", async () => {
    await fetched();
    for (const path of kept()) writeFileSync(path, "other");
    expect(await fetched()).toHaveLength(2);
    expect(registry.requests).toHaveLength(2);
    expect(kept().map((path) => readFileSync(path).equals(good))).toEqual([true]);
  });

  it("may have the SHA-1 of an old lockfile, and several hashes", async () => {
    expect(await fetched({ integrity: integrityOfBytes(good, "sha1") })).toHaveLength(2);
    // The strongest decides: a right SHA-1 beside a wrong SHA-512 is nothing.
    const mixed = `${integrityOfBytes(good, "sha1")} ${integrityOfBytes(Buffer.from("other"))}`;
    expect(await problemOf(fetched({ integrity: mixed }))).toMatchObject({
      code: "SLUICE_PACKAGE_INTEGRITY",
    });
  });

  it("that is not what the lockfile says is refused, and not kept", async () => {
    const integrity = integrityOfBytes(Buffer.from("other"));
    expect(await problemOf(fetched({ integrity }))).toMatchObject({
      code: "SLUICE_PACKAGE_INTEGRITY",
      where: "tool@1.0.0",
      message: expect.stringContaining(integrityOfBytes(good)),
    });
    expect(readdirSync(project.path)).not.toContain("cache");
  });

  it("without integrity is checked against the registry's, which is said", async () => {
    serve = withPackument({
      integrity: integrityOfBytes(good),
      tarball: `${registry.endpoint}/elsewhere/tool.tgz`,
    });
    const notices: string[] = [];
    const options = { notice: (message: string) => notices.push(message) };
    expect(await fetched({ integrity: null }, {}, options)).toHaveLength(2);
    expect(registry.requests.map(({ url }) => url)).toEqual(["/tool", "/elsewhere/tool.tgz"]);
    expect(notices).toEqual([expect.stringContaining("tool@1.0.0")]);
    expect(await fetched({ integrity: null }, {}, options)).toHaveLength(2);
    expect(registry.requests).toHaveLength(2);

    serve = withPackument({ integrity: integrityOfBytes(Buffer.from("other")) });
    await project.rm("cache");
    expect(await problemOf(fetched({ integrity: null }))).toMatchObject({ code: "SLUICE_PACKAGE_INTEGRITY" });
    serve = withPackument({});
    expect(await problemOf(fetched({ integrity: null }))).toMatchObject({ code: "SLUICE_PACKAGE_NOT_FOUND" });
  });

  it("of git or a folder cannot be fetched", async () => {
    expect(await problemOf(fetched({ version: "git+ssh://git@example.com/tool.git" }))).toMatchObject({
      code: "SLUICE_PACKAGE_NOT_FOUND",
    });
    expect(registry.requests).toEqual([]);
  });
});

describe("the registry", () => {
  it("takes the place of the public one in a lockfile's URL, path included", async () => {
    writeFileSync(join(project.path, ".npmrc"), `registry=${registry.endpoint}/api/npm/\n`);
    await fetched({ tarball: "https://registry.npmjs.org/tool/-/tool-1.0.0.tgz" });
    await project.rm("cache");
    await fetched({ tarball: "https://registry.yarnpkg.com/tool/-/tool-1.0.0.tgz" });
    await project.rm("cache");
    await fetched({ tarball: `${registry.endpoint}/other/tool.tgz` });
    expect(registry.requests.map(({ url }) => url)).toEqual([
      "/api/npm/tool/-/tool-1.0.0.tgz",
      "/api/npm/tool/-/tool-1.0.0.tgz",
      "/other/tool.tgz",
    ]);
  });

  it("is asked where a tarball is that is not at its usual place", async () => {
    serve = (incoming, response) => {
      if (incoming.url === "/@acme/tool/-/tool-1.0.0.tgz") response.writeHead(404).end();
      else if (incoming.url === "/@acme%2ftool")
        response.end(
          JSON.stringify({ versions: { "1.0.0": { dist: { tarball: `${registry.endpoint}/download/1` } } } }),
        );
      else response.end(good);
    };
    expect(await fetched({ name: "@acme/tool" })).toHaveLength(2);
    expect(registry.requests.map(({ url }) => url)).toEqual([
      "/@acme/tool/-/tool-1.0.0.tgz",
      "/@acme%2ftool",
      "/download/1",
    ]);
  });

  it("gets its token, from the project, the user or the environment, and no other host does", async () => {
    const other = await startServer((_, response) => response.end(good));
    try {
      const host = new URL(registry.endpoint).host;
      writeFileSync(
        join(project.path, ".npmrc"),
        `registry=${registry.endpoint}/npm/\n//${host}/npm/:_authToken=\${NPM_TOKEN}\n`,
      );
      serve = (_, response) => {
        response.writeHead(302, { location: `${other.endpoint}/tool.tgz` }).end();
      };
      expect(await fetched({}, { NPM_TOKEN: TOKEN })).toHaveLength(2);
      const sent = [...registry.requests, ...other.requests].map(({ headers }) => headers.authorization);
      expect(sent).toEqual([`Bearer ${TOKEN}`, undefined]);
    } finally {
      await other.stop();
    }
  });

  it.each([
    ["401", 401, "SLUICE_REGISTRY_DENIED", 1],
    ["403", 403, "SLUICE_REGISTRY_DENIED", 1],
    ["404", 404, "SLUICE_PACKAGE_NOT_FOUND", 2],
    ["400", 400, "SLUICE_REGISTRY_UNREACHABLE", 1],
    ["503, tried three times", 503, "SLUICE_REGISTRY_UNREACHABLE", 3],
  ])("that answers %s", async (_, status, code, requests) => {
    serve = (_, response) => void response.writeHead(status).end(TOKEN);
    const problem = await problemOf(fetched());
    expect(problem).toMatchObject({ code, kind: "usage" });
    expect(problem.message).toContain(registry.endpoint);
    expect(registry.requests).toHaveLength(requests);
  });

  it("that refuses tells of a variable which is not set, and shows no credentials", async () => {
    const host = new URL(registry.endpoint).host;
    writeFileSync(
      join(project.path, ".npmrc"),
      `registry=${registry.endpoint}\n//${host}/:_authToken=\${ACME_TOKEN}\n`,
    );
    serve = (_, response) => void response.writeHead(401).end();
    const problem = await problemOf(fetched());
    expect(problem.message).toContain("$ACME_TOKEN");
    expect(problem.message).toContain("without credentials");
    expect(registry.requests[0]?.headers.authorization).toBeUndefined();
    writeFileSync(join(project.path, ".npmrc"), `registry=http://user:${TOKEN}@${host}/\n`);
    expect((await problemOf(fetched())).message).toContain("with credentials");
    expect(registry.requests[1]?.headers.authorization).toBe(
      `Basic ${Buffer.from(`user:${TOKEN}`).toString("base64")}`,
    );
  });

  it("is tried again after a body that was cut off, and after a 503", async () => {
    const answers: Serve[] = [
      (_, response) => {
        response.writeHead(200, { "content-length": good.length });
        response.write(good.subarray(0, 10), () => response.destroy());
      },
      (_, response) => void response.writeHead(503).end(),
    ];
    serve = (incoming, response) => {
      const next = answers.shift();
      if (next === undefined) response.end(good);
      else next(incoming, response);
    };
    expect(await fetched()).toHaveLength(2);
    expect(registry.requests).toHaveLength(3);
  });

  it("that is not there, or silent, is an error", async () => {
    writeFileSync(
      join(project.path, ".npmrc"),
      `registry=${registry.endpoint}\nfetch-retries=0\nfetch-timeout=50\n`,
    );
    serve = () => undefined;
    expect(await problemOf(fetched())).toMatchObject({ code: "SLUICE_REGISTRY_UNREACHABLE" });
    await registry.stop();
    const problem = await problemOf(fetched());
    expect(problem.message).toMatch(/ECONNREFUSED.*1 attempt\b/);
  });

  it("is let go when the run is cancelled", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    serve = () => controller.abort(reason);
    await expect(fetched({}, {}, { signal: controller.signal })).rejects.toBe(reason);
  });
});
