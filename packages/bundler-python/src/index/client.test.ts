import { mkdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256Of } from "../testing/index-pages.ts";
import { indexRun } from "../testing/index-run.ts";
import { BYTES, type FetchScene, FILENAME, fetchScene, SHA256, wheelAt } from "../testing/index-scene.ts";
import { createIndexClient } from "./client.ts";
import { cacheUnusable } from "./errors.ts";

let scene: FetchScene;

beforeEach(async () => {
  scene = await fetchScene();
});

afterEach(() => scene.end());

describe("a wheel", () => {
  it("is fetched once, kept by its sum, and taken from the cache after that", async () => {
    const index = await scene.start();
    const wheel = wheelAt(index.fileUrl(FILENAME));
    const { path } = await scene.fetch(wheel);
    expect(path).toBe(join(scene.place.path, "cache", "wheels", SHA256.slice(0, 2), SHA256, FILENAME));
    expect(sha256Of(await readFile(path ?? ""))).toBe(SHA256);
    expect((await scene.fetch(wheel)).path).toBe(path);
    expect(index.requests).toHaveLength(1);
    expect(await scene.cached()).toEqual([FILENAME]);
  });

  it("that several functions of a run want at once is fetched once", async () => {
    const index = await scene.start();
    const { run } = indexRun({ folder: scene.place.path });
    const clients = [createIndexClient(run), createIndexClient({ ...run, where: "functions.other" })];
    const wheel = wheelAt(index.fileUrl(FILENAME));
    const paths = await Promise.all([...clients, ...clients].map((client) => client.fetchWheel(wheel)));
    for (const client of clients) client.close();
    expect(new Set(paths).size).toBe(1);
    expect(index.requests).toHaveLength(1);
  });

  it("that was damaged in the cache is fetched anew", async () => {
    const index = await scene.start();
    const wheel = wheelAt(index.fileUrl(FILENAME));
    const { path } = await scene.fetch(wheel);
    const damaged = Buffer.from(BYTES);
    damaged[1000] = 0;
    await writeFile(path ?? "", damaged);
    expect((await scene.fetch(wheel)).path).toBe(path);
    expect(sha256Of(await readFile(path ?? ""))).toBe(SHA256);
    expect(index.requests).toHaveLength(2);
  });

  it("of another content is refused, by name and both sums, and not kept", async () => {
    const index = await scene.start();
    const wanted = "0".repeat(64);
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME), wanted));
    expect(fetched.code).toBe("SLUICE_PYTHON_HASH_MISMATCH");
    for (const part of [FILENAME, wanted, SHA256]) expect(fetched.message).toContain(part);
    expect(await scene.cached()).toEqual([]);
    expect(index.requests).toHaveLength(1);
  });

  it("without a sum is kept by the one that it has", async () => {
    const index = await scene.start();
    const { path } = await scene.fetch(wheelAt(index.fileUrl(FILENAME), null));
    expect(path).toContain(SHA256);
  });

  it("on this machine is proven where it stands", async () => {
    await scene.place.writeFile(FILENAME, BYTES.toString());
    const path = scene.place.getPath(FILENAME);
    const here = wheelAt(pathToFileURL(path).href);
    expect((await scene.fetch(here)).path).toBe(path);
    expect((await scene.fetch({ ...here, from: { path } })).path).toBe(path);
    const other = { ...here, sha256: "0".repeat(64) };
    expect((await scene.fetch(other)).code).toBe("SLUICE_PYTHON_HASH_MISMATCH");
    const absent = { ...here, from: { path: scene.place.getPath("absent.whl") } };
    expect((await scene.fetch(absent)).code).toBe("SLUICE_PYTHON_FILE_GONE");
    expect(await scene.cached()).toEqual([]);
  });
});

describe("runs", () => {
  it("that fetch the same wheel at once all get it whole", async () => {
    const index = await scene.start();
    const wheel = wheelAt(index.fileUrl(FILENAME));
    // They have nothing in common but the folder, as processes have.
    const fetched = await Promise.all(Array.from({ length: 6 }, () => scene.fetch(wheel)));
    expect(new Set(fetched.map(({ path }) => path)).size).toBe(1);
    expect(sha256Of(await readFile(fetched[0]?.path ?? ""))).toBe(SHA256);
    expect(index.requests).toHaveLength(6);
    expect(await scene.cached()).toEqual([FILENAME]);
  });
});

describe("a client that is closed", () => {
  it("ends its downloads, and those who wait for one of them start it anew", async () => {
    let isStuck = true;
    const index = await scene.start({ intercept: () => isStuck });
    const { run } = indexRun({ folder: scene.place.path });
    const [one, other] = [createIndexClient(run), createIndexClient(run)];
    const wheel = wheelAt(index.fileUrl(FILENAME));
    const ended = expect(one.fetchWheel(wheel)).rejects.toThrow("closed");
    const going = other.fetchWheel(wheel);
    while (index.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    isStuck = false;
    one.close();
    await ended;
    expect(sha256Of(await readFile(await going))).toBe(SHA256);
    other.close();
    expect(await scene.cached()).toEqual([FILENAME]);
  });
});

describe("the cache", () => {
  it("says when the disk is full", () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const error = cacheUnusable("/cache/wheels", full);
    expect(error.message).toBe("Wheels cannot be kept in /cache/wheels: the disk is full.");
    expect(error.hint).toMatch(/Make room there/);
  });

  it("that cannot be written is named", async () => {
    const index = await scene.start();
    await scene.place.writeFile("cache", "a file");
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched.code).toBe("SLUICE_PYTHON_CACHE_UNUSABLE");
    expect(fetched.message).toContain(join(scene.place.path, "cache"));
  });

  it("loses what killed downloads left, and nothing of those under way", async () => {
    await mkdir(scene.place.getPath("cache/wheels/partial"), { recursive: true });
    await scene.place.writeFile("cache/wheels/partial/1-old", "x");
    await scene.place.writeFile("cache/wheels/partial/2-new", "x");
    await utimes(scene.place.getPath("cache/wheels/partial/1-old"), 1, 1);
    const index = await scene.start();
    await scene.fetch(wheelAt(index.fileUrl(FILENAME)));
    expect((await scene.cached()).sort()).toEqual(["2-new", FILENAME]);
  });
});

describe("downloadFile", () => {
  it("puts a file in its place, whole or not at all", async () => {
    const index = await scene.start();
    const { run } = indexRun({ folder: scene.place.path });
    const client = createIndexClient(run);
    const to = scene.place.getPath("tools/uv.whl");
    const url = index.fileUrl(FILENAME);
    await expect(client.downloadFile({ url, sha256: "0".repeat(64), to })).rejects.toThrow(/expected sha256/);
    await expect(stat(to)).rejects.toThrow(/ENOENT/);
    await client.downloadFile({ url, sha256: SHA256, to });
    expect(sha256Of(await readFile(to))).toBe(SHA256);
    client.close();
  });
});
