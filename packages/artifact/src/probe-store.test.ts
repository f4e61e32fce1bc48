import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probeStore } from "./probe-store.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-probe-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const probe = (location: string, wanted: "read" | "write" = "write"): Promise<void> =>
  probeStore(
    location,
    {
      root,
      objects: () => {
        throw new Error("a folder is no bucket");
      },
    },
    wanted,
  );

describe("a probe of a folder", () => {
  it("makes nothing, be the folder there or not", async () => {
    await probe("new/store");
    await mkdir(join(root, "store"));
    await probe("store");
    expect(await readdir(root)).toEqual(["store"]);
    expect(await readdir(join(root, "store"))).toEqual([]);
  });

  it("finds a file in its way", async () => {
    await writeFile(join(root, "file"), "");
    await expect(probe("file/store")).rejects.toMatchObject({ code: "SLUICE_FOLDER_UNUSABLE" });
  });

  // Whoever is root may write everywhere.
  it.skipIf(process.getuid?.() === 0)("finds one that may not be written to, but read", async () => {
    await mkdir(join(root, "store"));
    await chmod(join(root, "store"), 0o555);
    await probe("store", "read");
    await expect(probe("store")).rejects.toMatchObject({ code: "SLUICE_FOLDER_READ_ONLY" });
  });

  it("refuses what is no store", async () => {
    await expect(probe("ftp://x")).rejects.toMatchObject({ code: "SLUICE_STORE_LOCATION_INVALID" });
  });
});
