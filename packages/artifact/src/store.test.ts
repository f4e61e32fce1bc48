import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Artifact, isSluiceError } from "@sluice/core";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeArtifact } from "./artifact-files.ts";
import { type ArtifactStore, openStore } from "./store.ts";
import { locationOf } from "./store-protocol.ts";
import { draft } from "./testing/draft.ts";
import { createBucket, type RecordedStorage } from "./testing/s3-objects.ts";
import { createZip } from "./zip.ts";

let emulator: Emulator;
let fixture: FsFixture;
let buckets = 0;
beforeAll(async () => {
  emulator = await startEmulator();
}, 240_000);
afterAll(async () => {
  await emulator?.stop();
});
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(async () => {
  await fixture.rm();
});

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return isSluiceError(error) ? error.code : `unexpected: ${error}`;
  }
  return "none";
}

async function build(contents: string, overrides: Parameters<typeof draft>[0] = {}): Promise<Artifact> {
  const zip = await createZip([{ path: "index.mjs", bytes: Buffer.from(contents.repeat(100)) }]);
  return writeArtifact(fixture.getPath("built"), zip, draft(overrides));
}

/** A store, and a way past it to what it holds. */
interface Opened {
  readonly store: ArtifactStore;
  read(key: string): Promise<string | null>;
  plant(key: string, contents: Uint8Array): Promise<void>;
}

async function openFolder(): Promise<Opened> {
  const path = (key: string): string => join(fixture.getPath("kept"), key);
  const objects = (): never => {
    throw new Error("A folder needs no bucket.");
  };
  return {
    store: openStore("kept", { root: fixture.path, objects }),
    read: (key) => readFile(path(key), "utf8").catch(() => null),
    plant: async (key, contents) => {
      await mkdir(dirname(path(key)), { recursive: true });
      await writeFile(path(key), contents);
    },
  };
}

async function openBucket(): Promise<Opened & { storage: RecordedStorage }> {
  buckets += 1;
  const storage = await createBucket(emulator.endpoint, `store-${buckets}`);
  return {
    storage,
    store: openStore(`s3://store-${buckets}/team/`, { root: fixture.path, objects: () => storage }),
    read: async (key) => {
      const bytes = await storage.get(`team/${key}`);
      return bytes === null ? null : Buffer.from(bytes).toString();
    },
    plant: async (key, contents) => {
      await fetch(`${emulator.endpoint}/${storage.bucket}/team/${key}`, {
        method: "PUT",
        body: Buffer.from(contents),
      });
    },
  };
}

const keysOf = ({ manifest }: Artifact): { zip: string; manifest: string } => {
  const folder = `artifacts/sha256/${manifest.digest.slice(7)}`;
  return { zip: `${folder}/orders.zip`, manifest: `${folder}/orders.manifest.json` };
};

describe.each<[string, () => Promise<Opened>]>([
  ["a folder", openFolder],
  ["S3", openBucket],
])("a store in %s", (_, open) => {
  it("gives back what was put, under its digest", async () => {
    const { store, read } = await open();
    const artifact = await build("1");
    const { digest } = artifact.manifest;
    expect(await store.has(digest, "orders")).toBe(false);
    expect(await store.get(digest, "orders", fixture.getPath("got"))).toBeNull();
    expect(await store.put(artifact)).toMatchObject({ digest, uploaded: true });
    expect(await read(keysOf(artifact).manifest)).toBe(
      await readFile(artifact.path.replace(".zip", ".manifest.json"), "utf8"),
    );
    expect(await store.has(digest, "orders")).toBe(true);
    expect(await store.has(digest, "other")).toBe(false);
    const got = await store.get(digest, "orders", fixture.getPath("got"));
    expect(got).toEqual({ ...artifact, path: fixture.getPath("got/orders.zip"), cached: true });
    expect(await fixture.readFile("got/orders.zip")).toEqual(await fixture.readFile("built/orders.zip"));
  });

  it("finds an artifact by its manifest, and tells whether the zip is still the one of its digest", async () => {
    const { store, plant } = await open();
    const artifact = await build("1");
    const { digest } = artifact.manifest;
    expect(await store.find(digest, "orders")).toBeNull();
    expect(await store.holds(digest, "orders")).toBe(false);
    const { uri, bucket, key } = await store.put(artifact);
    expect(await store.find(digest, "orders")).toEqual({
      manifest: artifact.manifest,
      stored: { uri, bucket, key },
    });
    expect(await store.holds(digest, "orders")).toBe(true);
    expect(locationOf(uri)).toBe(bucket === null ? fixture.getPath("kept") : `s3://${bucket}/team`);
    await plant(keysOf(artifact).zip, Buffer.from("replaced"));
    expect(await codeOf(() => store.holds(digest, "orders"))).toBe("SLUICE_STORE_CORRUPT");
  });

  it("takes each artifact once, and keeps the first manifest", async () => {
    const { store, read } = await open();
    await store.put(await build("1"));
    const artifact = await build("1", { commit: "d".repeat(40) });
    expect((await store.put(artifact)).uploaded).toBe(false);
    expect(await read(keysOf(artifact).manifest)).toContain("c".repeat(40));
  });

  it("holds no artifact until both files are there, and is completed by the next run", async () => {
    const { store, plant } = await open();
    const artifact = await build("1");
    const { digest } = artifact.manifest;
    await plant(keysOf(artifact).zip, await fixture.readFile("built/orders.zip"));
    expect(await store.has(digest, "orders")).toBe(false);
    expect(await store.get(digest, "orders", fixture.getPath("got"))).toBeNull();
    expect((await store.put(artifact)).uploaded).toBe(false);
    expect(await store.has(digest, "orders")).toBe(true);
  });

  it("refuses another zip under the digest, in both directions, and overwrites nothing", async () => {
    const { store, read, plant } = await open();
    const artifact = await build("1");
    const bytes = await fixture.readFile("built/orders.zip");
    for (const other of [Buffer.from("hello"), Buffer.from(bytes).fill(0, 40, 41)]) {
      await plant(keysOf(artifact).zip, other);
      await plant(keysOf(artifact).manifest, await fixture.readFile("built/orders.manifest.json"));
      expect(await codeOf(() => store.put(artifact))).toBe("SLUICE_STORE_CORRUPT");
      expect(await read(keysOf(artifact).zip)).toBe(other.toString());
      const { digest } = artifact.manifest;
      expect(await codeOf(() => store.get(digest, "orders", fixture.getPath("got")))).toBe(
        "SLUICE_STORE_CORRUPT",
      );
      expect(await fixture.exists("got")).toBe(false);
    }
  });

  it("refuses a manifest of another artifact, or one that is damaged", async () => {
    const { store, plant } = await open();
    const other = await build("2");
    const foreign = await fixture.readFile("built/orders.manifest.json");
    const artifact = await build("1");
    const { digest } = artifact.manifest;
    expect(digest).not.toBe(other.manifest.digest);
    await store.put(artifact);
    for (const [contents, code] of [
      [foreign, "SLUICE_STORE_CORRUPT"],
      [Buffer.from("{}"), "SLUICE_MANIFEST_INVALID"],
    ] as const) {
      await plant(keysOf(artifact).manifest, contents);
      expect(await codeOf(() => store.put(artifact))).toBe(code);
      expect(await codeOf(() => store.get(digest, "orders", fixture.getPath("got")))).toBe(code);
      expect(await fixture.exists("got")).toBe(false);
    }
  });

  it("refuses to put a file that is not what its manifest says", async () => {
    const { store } = await open();
    const artifact = await build("1");
    await writeFile(artifact.path, "another");
    expect(await codeOf(() => store.put(artifact))).toBe("SLUICE_ARTIFACT_CORRUPT");
    await fixture.rm("built");
    expect(await codeOf(() => store.put(artifact))).toBe("SLUICE_ARTIFACT_CORRUPT");
    expect(await store.has(artifact.manifest.digest, "orders")).toBe(false);
  });

  it("lets one of several at once upload", async () => {
    const { store } = await open();
    const artifact = await build("1");
    const put = await Promise.all(Array.from({ length: 8 }, () => store.put(artifact)));
    expect(put.filter(({ uploaded }) => uploaded)).toHaveLength(1);
  });
});

describe("a store in S3", () => {
  it("says where the zip is, and sends bytes only when they are missing", async () => {
    const { store, storage } = await openBucket();
    const artifact = await build("1");
    const keys = { zip: `team/${keysOf(artifact).zip}`, manifest: `team/${keysOf(artifact).manifest}` };
    expect(await store.put(artifact)).toEqual({
      digest: artifact.manifest.digest,
      uri: `s3://${storage.bucket}/${keys.zip}`,
      bucket: storage.bucket,
      key: keys.zip,
      uploaded: true,
    });
    expect(storage.calls.splice(0)).toEqual([`HEAD ${keys.zip}`, `PUT ${keys.zip}`, `PUT ${keys.manifest}`]);
    await store.put(artifact);
    expect(storage.calls.splice(0)).toEqual([`HEAD ${keys.zip}`, `GET ${keys.manifest}`]);
  });

  it("compares bytes where there is no checksum", async () => {
    const { store, storage, plant } = await openBucket();
    const artifact = await build("1");
    await plant(keysOf(artifact).zip, await fixture.readFile("built/orders.zip"));
    expect(await storage.head(`team/${keysOf(artifact).zip}`)).toMatchObject({ checksumSha256: null });
    expect((await store.put(artifact)).uploaded).toBe(false);
  });
});

describe("openStore", () => {
  const options = {
    root: "/repository",
    objects: (): never => {
      throw new Error("opened");
    },
  };

  it.each([
    "",
    " ",
    "s3://",
    "s3://B/x",
    "s3:///x",
    "s3://bucket/../x",
    "https://example.com/x",
    "S4://x",
    "s3:/x",
  ])("refuses %j", async (location) => {
    expect(await codeOf(async () => openStore(location, options))).toBe("SLUICE_STORE_LOCATION_INVALID");
  });

  it.each(["store", "../store", "/var/store", "s3://bucket", "s3://bucket/a//b/"])("takes %j", (location) => {
    expect(openStore(location, options).location).toBe(location);
  });

  it("names what is in the way of a folder", async () => {
    await fixture.writeFile("file", "");
    const store = openStore("file", { ...options, root: fixture.path });
    const artifact = await build("1");
    expect(await codeOf(() => store.put(artifact))).toBe("SLUICE_FOLDER_UNUSABLE");
  });
});
