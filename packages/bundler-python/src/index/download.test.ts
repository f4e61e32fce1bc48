import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256Of } from "../testing/index-pages.ts";
import { indexRun } from "../testing/index-run.ts";
import {
  BYTES,
  type FetchScene,
  FILENAME,
  fetchScene,
  firstTimes,
  SHA256,
  wheelAt,
} from "../testing/index-scene.ts";
import { createIndexClient } from "./client.ts";

let scene: FetchScene;

beforeEach(async () => {
  scene = await fetchScene();
});

afterEach(() => scene.end());

describe("a server in trouble", () => {
  it("is asked again, later each time, or when it says so", async () => {
    const index = await scene.start({
      intercept: firstTimes(3, (response) => response.writeHead(503).end()),
    });
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched).toMatchObject({ code: null, pauses: [250, 500, 1000] });
    const busy = firstTimes(1, (response) => response.writeHead(429, { "retry-after": "2" }).end());
    const other = await scene.start({ intercept: busy });
    await scene.place.rm("cache");
    expect(await scene.fetch(wheelAt(other.fileUrl(FILENAME)))).toMatchObject({ code: null, pauses: [2000] });
  });

  it("is given up after four times", async () => {
    const index = await scene.start({
      intercept: firstTimes(99, (response) => response.writeHead(500).end()),
    });
    const fetched = await scene.fetch(wheelAt(`${index.fileUrl(FILENAME)}?token=hidden`));
    expect(fetched.code).toBe("SLUICE_PYTHON_INDEX_UNREACHABLE");
    expect(fetched.message).toMatch(/it answered 500 \(4 attempts\)/);
    expect(fetched.message).not.toContain("hidden");
    expect(index.requests).toHaveLength(4);
    expect(await scene.cached()).toEqual([]);
  });

  it("that is not there is named with the reason", async () => {
    const index = await scene.start();
    await index.stop();
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched.code).toBe("SLUICE_PYTHON_INDEX_UNREACHABLE");
    expect(fetched.message).toMatch(/ECONNREFUSED/);
  });

  it("that keeps silent is left after a while", async () => {
    const index = await scene.start({ intercept: () => true });
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME)), { env: { UV_HTTP_TIMEOUT: "0.1" } });
    expect(fetched.message).toMatch(/silent for 100 ms/);
  });

  it("that falls silent amid a file is asked for the rest", async () => {
    const half = firstTimes(1, (response) => {
      response.writeHead(200, { "content-length": BYTES.length }).write(BYTES.subarray(0, 300_000));
    });
    const index = await scene.start({ intercept: half });
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME)), { env: { UV_HTTP_TIMEOUT: "0.5" } });
    expect(fetched.code).toBeNull();
    expect(index.requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it("404 says that the file is gone, without another attempt", async () => {
    const index = await scene.start({ packages: [] });
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched).toMatchObject({ code: "SLUICE_PYTHON_FILE_GONE", pauses: [] });
  });

  it("ends with the run", async () => {
    const controller = new AbortController();
    const index = await scene.start({ intercept: () => true });
    const { run } = indexRun({ folder: scene.place.path, signal: controller.signal });
    const client = createIndexClient(run);
    const fetching = client.fetchWheel(wheelAt(index.fileUrl(FILENAME)));
    while (index.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error("interrupted"));
    await expect(fetching).rejects.toThrow("interrupted");
    client.close();
    expect(await scene.cached()).toEqual([]);
  });
});

describe("a body that is cut off", () => {
  const cutAfter =
    (bytes: number, headers: Record<string, string> = {}) =>
    (response: ServerResponse): void => {
      response.writeHead(200, { "content-length": BYTES.length, ...headers });
      response.write(BYTES.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
    };

  it("is gone on with where it ended", async () => {
    const etag = `"${SHA256.slice(0, 16)}"`;
    const index = await scene.start({ intercept: firstTimes(1, cutAfter(1_000_000, { etag })) });
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched.code).toBeNull();
    expect(sha256Of(await readFile(fetched.path ?? ""))).toBe(SHA256);
    expect(index.requests.map(({ range }) => range)).toEqual([
      null,
      expect.stringMatching(/^bytes=\d{5,}-$/),
    ]);
  });

  it("starts over where the server knows no ranges", async () => {
    const whole = firstTimes(1, (response) => response.writeHead(200).end(BYTES));
    const cut = firstTimes(1, cutAfter(1_000_000));
    const intercept: typeof cut = (incoming, response) =>
      cut(incoming, response) || whole(incoming, response);
    const index = await scene.start({ intercept });
    expect((await scene.fetch(wheelAt(index.fileUrl(FILENAME)))).code).toBeNull();
    expect(index.requests).toHaveLength(2);
  });

  it("starts over where the file changed, which nothing but its ETag tells", async () => {
    const old = firstTimes(1, (response) => {
      response.writeHead(200, { "content-length": BYTES.length, etag: '"old"' });
      response.write(Buffer.alloc(500_000), () => setTimeout(() => response.destroy(), 20));
    });
    const index = await scene.start({ intercept: old });
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME), null));
    expect(fetched.path).toContain(SHA256);
    expect(index.requests.map(({ range }) => range)).toEqual([null, expect.stringMatching(/^bytes=/)]);
  });

  it("starts over when two parts of two files came together", async () => {
    const lie = firstTimes(1, (response) => {
      response.writeHead(200, { "content-length": BYTES.length });
      response.write(Buffer.alloc(500_000), () => setTimeout(() => response.destroy(), 20));
    });
    const index = await scene.start({ intercept: lie });
    expect((await scene.fetch(wheelAt(index.fileUrl(FILENAME)))).code).toBeNull();
    expect(index.requests).toHaveLength(3);
  });

  it("is not pieced together without anything that proves it", async () => {
    const index = await scene.start({ intercept: firstTimes(1, cutAfter(1_000_000)) });
    const fetched = await scene.fetch(wheelAt(index.fileUrl(FILENAME), null));
    expect(fetched.path).toContain(SHA256);
    expect(index.requests.map(({ range }) => range)).toEqual([null, null]);
  });

  it("goes on as long as there is progress, however often it is cut", async () => {
    let served = 0;
    const piecewise = (incoming: IncomingMessage, response: ServerResponse): boolean => {
      const from = Number(/bytes=(\d+)-/.exec(incoming.headers.range ?? "")?.[1] ?? 0);
      if (from + 250_000 >= BYTES.length) return false;
      const range = `bytes ${from}-${BYTES.length - 1}/${BYTES.length}`;
      response.writeHead(from === 0 ? 200 : 206, {
        "content-length": BYTES.length - from,
        ...(from === 0 ? {} : { "content-range": range }),
      });
      response.write(BYTES.subarray(from, from + 250_000), () => setTimeout(() => response.destroy(), 20));
      served++;
      return true;
    };
    const index = await scene.start({ intercept: piecewise });
    expect((await scene.fetch(wheelAt(index.fileUrl(FILENAME)))).code).toBeNull();
    expect(served).toBeGreaterThan(4);
  });
});
