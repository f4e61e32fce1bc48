import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSluiceError, type Problem } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FetchScene, startFetchScene } from "../testing/fetch-scene.ts";
import { integrityOfBytes, type Serve, startServer } from "../testing/registry.ts";

const TOKEN = "a-token-that-nobody-may-see";

let scene: FetchScene;

beforeEach(async () => {
  scene = await startFetchScene();
});

afterEach(async () => {
  await scene.stop();
});

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
    response.end(isTarball ? scene.good : JSON.stringify({ versions: { "1.0.0": { dist } } }));
  };
}

const kept = (): string[] =>
  readdirSync(join(scene.project.path, "cache"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe("a locked package", () => {
  it("gives its files, fetched once", async () => {
    const files = await scene.fetched();
    expect(files.map(({ path, executable }) => [path, executable])).toEqual([
      ["bin/tool.node", true],
      ["package.json", false],
    ]);
    expect(Buffer.from(files[1]?.bytes ?? []).toString()).toBe('{"name":"tool"}');
    expect(scene.registry.requests.map(({ url }) => url)).toEqual(["/tool/-/tool-1.0.0.tgz"]);
    expect(await scene.fetched()).toEqual(files);
    expect(scene.registry.requests).toHaveLength(1);
  });

  it("is downloaded once for many at once", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => scene.fetched()));
    expect(new Set(all.map((files) => files.length))).toEqual(new Set([2]));
    expect(scene.registry.requests).toHaveLength(1);
    expect(kept()).toHaveLength(1);
  });

  it("is fetched again when the cache was changed", async () => {
    await scene.fetched();
    for (const path of kept()) writeFileSync(path, "other");
    expect(await scene.fetched()).toHaveLength(2);
    expect(scene.registry.requests).toHaveLength(2);
    expect(kept().map((path) => readFileSync(path).equals(scene.good))).toEqual([true]);
  });

  it("may have the SHA-1 of an old lockfile, and several hashes", async () => {
    expect(await scene.fetched({ integrity: integrityOfBytes(scene.good, "sha1") })).toHaveLength(2);
    // The strongest decides: a right SHA-1 beside a wrong SHA-512 is nothing.
    const mixed = `${integrityOfBytes(scene.good, "sha1")} ${integrityOfBytes(Buffer.from("other"))}`;
    expect(await problemOf(scene.fetched({ integrity: mixed }))).toMatchObject({
      code: "SLUICE_PACKAGE_INTEGRITY",
    });
  });

  it("that is not what the lockfile says is refused, and not kept", async () => {
    const integrity = integrityOfBytes(Buffer.from("other"));
    expect(await problemOf(scene.fetched({ integrity }))).toMatchObject({
      code: "SLUICE_PACKAGE_INTEGRITY",
      where: "tool@1.0.0",
      message: expect.stringContaining(integrityOfBytes(scene.good)),
    });
    expect(readdirSync(scene.project.path)).not.toContain("cache");
  });

  it("without integrity is checked against the registry's, which is said", async () => {
    scene.serve = withPackument({
      integrity: integrityOfBytes(scene.good),
      tarball: `${scene.registry.endpoint}/elsewhere/tool.tgz`,
    });
    const notices: string[] = [];
    const options = { notice: (message: string) => notices.push(message) };
    expect(await scene.fetched({ integrity: null }, {}, options)).toHaveLength(2);
    expect(scene.registry.requests.map(({ url }) => url)).toEqual(["/tool", "/elsewhere/tool.tgz"]);
    expect(notices).toEqual([expect.stringContaining("checked against the registry's")]);
    expect(await scene.fetched({ integrity: null }, {}, options)).toHaveLength(2);
    expect(scene.registry.requests).toHaveLength(2);

    scene.serve = withPackument({ integrity: integrityOfBytes(Buffer.from("other")) });
    await scene.project.rm("cache");
    expect(await problemOf(scene.fetched({ integrity: null }))).toMatchObject({
      code: "SLUICE_PACKAGE_INTEGRITY",
    });
    scene.serve = withPackument({});
    expect(await problemOf(scene.fetched({ integrity: null }))).toMatchObject({
      code: "SLUICE_PACKAGE_NOT_FOUND",
    });
  });

  it("of git or a folder cannot be fetched", async () => {
    expect(await problemOf(scene.fetched({ version: "git+ssh://git@example.com/tool.git" }))).toMatchObject({
      code: "SLUICE_PACKAGE_NOT_FOUND",
    });
    expect(scene.registry.requests).toEqual([]);
  });
});

describe("the registry", () => {
  it("takes the place of the public one in a lockfile's URL, path included", async () => {
    writeFileSync(join(scene.project.path, ".npmrc"), `registry=${scene.registry.endpoint}/api/npm/\n`);
    await scene.fetched({ tarball: "https://registry.npmjs.org/tool/-/tool-1.0.0.tgz" });
    await scene.project.rm("cache");
    await scene.fetched({ tarball: "https://registry.yarnpkg.com/tool/-/tool-1.0.0.tgz" });
    await scene.project.rm("cache");
    await scene.fetched({ tarball: `${scene.registry.endpoint}/other/tool.tgz` });
    expect(scene.registry.requests.map(({ url }) => url)).toEqual([
      "/api/npm/tool/-/tool-1.0.0.tgz",
      "/api/npm/tool/-/tool-1.0.0.tgz",
      "/other/tool.tgz",
    ]);
  });

  it("is asked where a tarball is that is not at its usual place", async () => {
    scene.serve = (incoming, response) => {
      if (incoming.url === "/@acme/tool/-/tool-1.0.0.tgz") response.writeHead(404).end();
      else if (incoming.url === "/@acme%2ftool")
        response.end(
          JSON.stringify({
            versions: { "1.0.0": { dist: { tarball: `${scene.registry.endpoint}/download/1` } } },
          }),
        );
      else response.end(scene.good);
    };
    expect(await scene.fetched({ name: "@acme/tool" })).toHaveLength(2);
    expect(scene.registry.requests.map(({ url }) => url)).toEqual([
      "/@acme/tool/-/tool-1.0.0.tgz",
      "/@acme%2ftool",
      "/download/1",
    ]);
  });

  it("gets its token, from the project, the user or the environment, and no other host does", async () => {
    const other = await startServer((_, response) => response.end(scene.good));
    try {
      const host = new URL(scene.registry.endpoint).host;
      writeFileSync(
        join(scene.project.path, ".npmrc"),
        `registry=${scene.registry.endpoint}/npm/\n//${host}/npm/:_authToken=\${NPM_TOKEN}\n`,
      );
      scene.serve = (_, response) => {
        response.writeHead(302, { location: `${other.endpoint}/tool.tgz` }).end();
      };
      expect(await scene.fetched({}, { NPM_TOKEN: TOKEN })).toHaveLength(2);
      const sent = [...scene.registry.requests, ...other.requests].map(
        ({ headers }) => headers.authorization,
      );
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
    scene.serve = (_, response) => void response.writeHead(status).end(TOKEN);
    const problem = await problemOf(scene.fetched());
    expect(problem).toMatchObject({ code, kind: "usage" });
    expect(problem.message).toContain(scene.registry.endpoint);
    expect(scene.registry.requests).toHaveLength(requests);
  });

  it("that refuses tells of a variable which is not set, and shows no credentials", async () => {
    const host = new URL(scene.registry.endpoint).host;
    writeFileSync(
      join(scene.project.path, ".npmrc"),
      `registry=${scene.registry.endpoint}\n//${host}/:_authToken=\${ACME_TOKEN}\n`,
    );
    scene.serve = (_, response) => void response.writeHead(401).end();
    const problem = await problemOf(scene.fetched());
    expect(problem.message).toContain("$ACME_TOKEN");
    expect(problem.message).toContain("without credentials");
    expect(scene.registry.requests[0]?.headers.authorization).toBeUndefined();
    writeFileSync(join(scene.project.path, ".npmrc"), `registry=http://user:${TOKEN}@${host}/\n`);
    expect((await problemOf(scene.fetched())).message).toContain("with credentials");
    expect(scene.registry.requests[1]?.headers.authorization).toBe(
      `Basic ${Buffer.from(`user:${TOKEN}`).toString("base64")}`,
    );
  });

  it("is tried again after a body that was cut off, and after a 503", async () => {
    const answers: Serve[] = [
      (_, response) => {
        response.writeHead(200, { "content-length": scene.good.length });
        response.write(scene.good.subarray(0, 10), () => response.destroy());
      },
      (_, response) => void response.writeHead(503).end(),
    ];
    scene.serve = (incoming, response) => {
      const next = answers.shift();
      if (next === undefined) response.end(scene.good);
      else next(incoming, response);
    };
    expect(await scene.fetched()).toHaveLength(2);
    expect(scene.registry.requests).toHaveLength(3);
  });

  it("that is not there, or silent, is an error", async () => {
    writeFileSync(
      join(scene.project.path, ".npmrc"),
      `registry=${scene.registry.endpoint}\nfetch-retries=0\nfetch-timeout=50\n`,
    );
    scene.serve = () => undefined;
    expect(await problemOf(scene.fetched())).toMatchObject({ code: "SLUICE_REGISTRY_UNREACHABLE" });
    await scene.registry.stop();
    const problem = await problemOf(scene.fetched());
    expect(problem.message).toMatch(/ECONNREFUSED.*1 attempt\b/);
  });

  it("is let go when the run is cancelled", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    scene.serve = () => controller.abort(reason);
    await expect(scene.fetched({}, {}, { signal: controller.signal })).rejects.toBe(reason);
  });
});
