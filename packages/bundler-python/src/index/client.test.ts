import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isSluiceError } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ResolvedWheel } from "../resolution.ts";
import { sha256Of } from "../testing/index-pages.ts";
import { indexRun, type RunDraft } from "../testing/index-run.ts";
import { type IndexOptions, startIndex, type TestIndex } from "../testing/index-server.ts";
import { createIndexClient } from "./client.ts";

const FILENAME = "tiny-1.0-py3-none-any.whl";
/** Too long for one write, and other in each of its parts. */
const BYTES = Buffer.from(Array.from({ length: 400_000 }, (_, at) => at.toString(36)).join(" "));
const SHA256 = sha256Of(BYTES);

let place: FsFixture;
let indexes: TestIndex[];

beforeEach(async () => {
  place = await createFixture({ "repo/pyproject.toml": "" });
  indexes = [];
});

afterEach(async () => {
  await Promise.all(indexes.map((index) => index.stop()));
  await place.rm();
});

async function start(options: Partial<IndexOptions> = {}): Promise<TestIndex> {
  const index = await startIndex({ packages: [{ filename: FILENAME, bytes: BYTES }], ...options });
  indexes.push(index);
  return index;
}

function wheelAt(url: string, sha256: string | null = SHA256): ResolvedWheel {
  return { name: "tiny", version: "1.0", filename: FILENAME, from: { url }, sha256 };
}

interface Fetched {
  readonly path: string | null;
  readonly code: string | null;
  readonly message: string;
  readonly hint: string;
  readonly pauses: readonly number[];
}

async function fetchIt(wheel: ResolvedWheel, draft: Omit<RunDraft, "folder"> = {}): Promise<Fetched> {
  const { run, pauses } = indexRun({ folder: place.path, ...draft });
  const client = createIndexClient(run);
  try {
    const path = await client.fetchWheel(wheel);
    return { path, code: null, message: "", hint: "", pauses };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return { path: null, code: error.code, message: error.message, hint: error.hint, pauses };
  } finally {
    client.close();
  }
}

/** Every file that the cache holds, relative to it. */
async function cached(): Promise<string[]> {
  const entries = await readdir(join(place.path, "cache"), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Lets the first `count` requests for files be answered otherwise. */
function firstTimes(
  count: number,
  answer: (response: ServerResponse, incoming: IncomingMessage) => void,
): NonNullable<IndexOptions["intercept"]> {
  let left = count;
  return (incoming, response) => {
    if (left === 0) return false;
    left--;
    answer(response, incoming);
    return true;
  };
}

describe("a wheel", () => {
  it("is fetched once, kept by its sum, and taken from the cache after that", async () => {
    const index = await start();
    const wheel = wheelAt(index.fileUrl(FILENAME));
    const { path } = await fetchIt(wheel);
    expect(path).toBe(join(place.path, "cache", "wheels", SHA256.slice(0, 2), SHA256, FILENAME));
    expect(sha256Of(await readFile(path ?? ""))).toBe(SHA256);
    expect((await fetchIt(wheel)).path).toBe(path);
    expect(index.requests).toHaveLength(1);
    expect(await cached()).toEqual([FILENAME]);
  });

  it("that several functions of a run want at once is fetched once", async () => {
    const index = await start();
    const { run } = indexRun({ folder: place.path });
    const clients = [createIndexClient(run), createIndexClient({ ...run, where: "functions.other" })];
    const wheel = wheelAt(index.fileUrl(FILENAME));
    const paths = await Promise.all([...clients, ...clients].map((client) => client.fetchWheel(wheel)));
    for (const client of clients) client.close();
    expect(new Set(paths).size).toBe(1);
    expect(index.requests).toHaveLength(1);
  });

  it("that was damaged in the cache is fetched anew", async () => {
    const index = await start();
    const wheel = wheelAt(index.fileUrl(FILENAME));
    const { path } = await fetchIt(wheel);
    const damaged = Buffer.from(BYTES);
    damaged[1000] = 0;
    await writeFile(path ?? "", damaged);
    expect((await fetchIt(wheel)).path).toBe(path);
    expect(sha256Of(await readFile(path ?? ""))).toBe(SHA256);
    expect(index.requests).toHaveLength(2);
  });

  it("of another content is refused, by name and both sums, and not kept", async () => {
    const index = await start();
    const wanted = "0".repeat(64);
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME), wanted));
    expect(fetched.code).toBe("SLUICE_PYTHON_HASH_MISMATCH");
    for (const part of [FILENAME, wanted, SHA256]) expect(fetched.message).toContain(part);
    expect(await cached()).toEqual([]);
    expect(index.requests).toHaveLength(1);
  });

  it("without a sum is kept by the one that it has", async () => {
    const index = await start();
    const { path } = await fetchIt(wheelAt(index.fileUrl(FILENAME), null));
    expect(path).toContain(SHA256);
  });

  it("on this machine is proven where it stands", async () => {
    await place.writeFile(FILENAME, BYTES.toString());
    const path = place.getPath(FILENAME);
    const here = wheelAt(pathToFileURL(path).href);
    expect((await fetchIt(here)).path).toBe(path);
    expect((await fetchIt({ ...here, from: { path } })).path).toBe(path);
    const other = { ...here, sha256: "0".repeat(64) };
    expect((await fetchIt(other)).code).toBe("SLUICE_PYTHON_HASH_MISMATCH");
    const absent = { ...here, from: { path: place.getPath("absent.whl") } };
    expect((await fetchIt(absent)).code).toBe("SLUICE_PYTHON_FILE_GONE");
    expect(await cached()).toEqual([]);
  });
});

describe("a server in trouble", () => {
  it("is asked again, later each time, or when it says so", async () => {
    const index = await start({ intercept: firstTimes(3, (response) => response.writeHead(503).end()) });
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched).toMatchObject({ code: null, pauses: [250, 500, 1000] });
    const busy = firstTimes(1, (response) => response.writeHead(429, { "retry-after": "2" }).end());
    const other = await start({ intercept: busy });
    await place.rm("cache");
    expect(await fetchIt(wheelAt(other.fileUrl(FILENAME)))).toMatchObject({ code: null, pauses: [2000] });
  });

  it("is given up after four times", async () => {
    const index = await start({ intercept: firstTimes(99, (response) => response.writeHead(500).end()) });
    const fetched = await fetchIt(wheelAt(`${index.fileUrl(FILENAME)}?token=hidden`));
    expect(fetched.code).toBe("SLUICE_PYTHON_INDEX_UNREACHABLE");
    expect(fetched.message).toMatch(/it answered 500 \(4 attempts\)/);
    expect(fetched.message).not.toContain("hidden");
    expect(index.requests).toHaveLength(4);
    expect(await cached()).toEqual([]);
  });

  it("that is not there is named with the reason", async () => {
    const index = await start();
    await index.stop();
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched.code).toBe("SLUICE_PYTHON_INDEX_UNREACHABLE");
    expect(fetched.message).toMatch(/ECONNREFUSED/);
  });

  it("that keeps silent is left after a while", async () => {
    const index = await start({ intercept: () => true });
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME)), { env: { UV_HTTP_TIMEOUT: "0.1" } });
    expect(fetched.message).toMatch(/silent for 100 ms/);
  });

  it("that falls silent amid a file is asked for the rest", async () => {
    const half = firstTimes(1, (response) => {
      response.writeHead(200, { "content-length": BYTES.length }).write(BYTES.subarray(0, 300_000));
    });
    const index = await start({ intercept: half });
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME)), { env: { UV_HTTP_TIMEOUT: "0.5" } });
    expect(fetched.code).toBeNull();
    expect(index.requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it("404 says that the file is gone, without another attempt", async () => {
    const index = await start({ packages: [] });
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched).toMatchObject({ code: "SLUICE_PYTHON_FILE_GONE", pauses: [] });
  });

  it("ends with the run", async () => {
    const controller = new AbortController();
    const index = await start({ intercept: () => true });
    const { run } = indexRun({ folder: place.path, signal: controller.signal });
    const client = createIndexClient(run);
    const fetching = client.fetchWheel(wheelAt(index.fileUrl(FILENAME)));
    while (index.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error("interrupted"));
    await expect(fetching).rejects.toThrow("interrupted");
    client.close();
    expect(await cached()).toEqual([]);
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
    const index = await start({ intercept: firstTimes(1, cutAfter(1_000_000, { etag })) });
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched.code).toBeNull();
    expect(sha256Of(await readFile(fetched.path ?? ""))).toBe(SHA256);
    expect(index.requests.map(({ range }) => range)).toEqual([
      null,
      expect.stringMatching(/^bytes=\d{5,}-$/),
    ]);
  });

  it("starts over where the server knows no ranges, or the file changed", async () => {
    const index = await start({ intercept: firstTimes(1, cutAfter(1_000_000, { etag: '"other"' })) });
    expect((await fetchIt(wheelAt(index.fileUrl(FILENAME)))).code).toBeNull();
  });

  it("starts over when two parts of two files came together", async () => {
    const lie = firstTimes(1, (response) => {
      response.writeHead(200, { "content-length": BYTES.length });
      response.write(Buffer.alloc(500_000), () => setTimeout(() => response.destroy(), 20));
    });
    const index = await start({ intercept: lie });
    expect((await fetchIt(wheelAt(index.fileUrl(FILENAME)))).code).toBeNull();
    expect(index.requests).toHaveLength(3);
  });

  it("is not pieced together without anything that proves it", async () => {
    const index = await start({ intercept: firstTimes(1, cutAfter(1_000_000)) });
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME), null));
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
    const index = await start({ intercept: piecewise });
    expect((await fetchIt(wheelAt(index.fileUrl(FILENAME)))).code).toBeNull();
    expect(served).toBeGreaterThan(4);
  });
});

describe("an index with credentials", () => {
  const credentials = { username: "ci", password: "pass word/1" };

  it("is given them from the first request on, and the file's host too", async () => {
    const index = await start({ credentials });
    const env = { PIP_INDEX_URL: index.urlWithCredentials };
    expect((await fetchIt(wheelAt(index.fileUrl(FILENAME)), { env })).code).toBeNull();
    expect(index.requests).toEqual([expect.objectContaining({ user: "ci:pass word/1" })]);
  });

  it("takes those of a netrc and of a named index", async () => {
    const index = await start({ credentials });
    await place.writeFile(".netrc", 'machine 127.0.0.1 login ci password "pass word/1"');
    expect((await fetchIt(wheelAt(index.fileUrl(FILENAME)))).code).toBeNull();
    await place.rm(".netrc");
    await place.rm("cache");
    const env = {
      UV_INDEX: `my-own=${index.url}`,
      UV_INDEX_MY_OWN_USERNAME: credentials.username,
      UV_INDEX_MY_OWN_PASSWORD: credentials.password,
    };
    expect((await fetchIt(wheelAt(index.fileUrl(FILENAME)), { env })).code).toBeNull();
  });

  it("refuses without them: the host and every way to give them", async () => {
    const index = await start({ credentials });
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched).toMatchObject({ code: "SLUICE_PYTHON_INDEX_DENIED", pauses: [] });
    expect(fetched.message).toMatch(/127\.0\.0\.1:\d+ answered 401 .*without credentials/);
    for (const way of ["UV_INDEX_NAME_PASSWORD", ".netrc", "keyring"]) expect(fetched.hint).toContain(way);
  });

  it("never shows them", async () => {
    const index = await start({ credentials });
    const wrong = index.urlWithCredentials.replace("1@", "2@");
    const fetched = await fetchIt(wheelAt(`${new URL(FILENAME, wrong.replace("/simple/", "/files/"))}`), {
      env: { UV_DEFAULT_INDEX: wrong },
    });
    expect(fetched.message).toMatch(/with credentials/);
    expect(fetched.message + fetched.hint).not.toMatch(/pass|ci:/);
  });

  it("keeps them to itself when it leads to another host", async () => {
    const store = await start();
    const leads = firstTimes(9, (response) =>
      response.writeHead(302, { location: store.fileUrl(FILENAME) }).end(),
    );
    const index = await start({ credentials, intercept: leads });
    const env = { PIP_INDEX_URL: index.urlWithCredentials };
    expect((await fetchIt(wheelAt(index.fileUrl(FILENAME)), { env })).code).toBeNull();
    expect(index.requests[0]?.user).toBe("ci:pass word/1");
    expect(store.requests).toEqual([expect.objectContaining({ user: null })]);
  });

  it("that leads round in a circle is an error", async () => {
    const circle = firstTimes(99, (response, { url }) =>
      response.writeHead(302, { location: url ?? "" }).end(),
    );
    const index = await start({ intercept: circle });
    expect((await fetchIt(wheelAt(index.fileUrl(FILENAME)))).message).toMatch(/leads on more than 10 times/);
  });
});

describe("the cache", () => {
  it("that cannot be written is named", async () => {
    const index = await start();
    await place.writeFile("cache", "a file");
    const fetched = await fetchIt(wheelAt(index.fileUrl(FILENAME)));
    expect(fetched.code).toBe("SLUICE_PYTHON_CACHE_UNUSABLE");
    expect(fetched.message).toContain(join(place.path, "cache"));
  });

  it("loses what killed downloads left, and nothing of those under way", async () => {
    await mkdir(place.getPath("cache/wheels/partial"), { recursive: true });
    await place.writeFile("cache/wheels/partial/1-old", "x");
    await place.writeFile("cache/wheels/partial/2-new", "x");
    await utimes(place.getPath("cache/wheels/partial/1-old"), 1, 1);
    const index = await start();
    await fetchIt(wheelAt(index.fileUrl(FILENAME)));
    expect((await cached()).sort()).toEqual(["2-new", FILENAME]);
  });
});

describe("downloadFile", () => {
  it("puts a file in its place, whole or not at all", async () => {
    const index = await start();
    const { run } = indexRun({ folder: place.path });
    const client = createIndexClient(run);
    const to = place.getPath("tools/uv.whl");
    const url = index.fileUrl(FILENAME);
    await expect(client.downloadFile({ url, sha256: "0".repeat(64), to })).rejects.toThrow(/expected sha256/);
    await expect(stat(to)).rejects.toThrow(/ENOENT/);
    await client.downloadFile({ url, sha256: SHA256, to });
    expect(sha256Of(await readFile(to))).toBe(SHA256);
    client.close();
  });
});
