import { isSluiceError } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readArtifact, writeArtifact } from "./artifact-files.ts";
import { digestOf } from "./digest.ts";
import { draft } from "./testing/draft.ts";
import { createZip, type Zip } from "./zip.ts";

const fault = vi.hoisted(() => ({ onWrite: undefined as ((path: string) => Error | undefined) | undefined }));

/** The real file system; only a full disk is played, by a handle that writes half and fails as the system would. */
vi.mock(import("node:fs/promises"), async (original) => {
  const real = await original();
  const open: typeof real.open = async (path, ...rest) => {
    const handle = await real.open(path, ...rest);
    const error = fault.onWrite?.(String(path));
    if (error === undefined) return handle;
    handle.writeFile = async (contents) => {
      await handle.write(Buffer.from(contents as Uint8Array).subarray(0, 10));
      throw error;
    };
    return handle;
  };
  return { ...real, open };
});
afterEach(() => {
  fault.onWrite = undefined;
});

const zipOf = (contents: string): Promise<Zip> =>
  createZip([{ path: "index.mjs", bytes: Buffer.from(contents) }]);

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: unknown) => (isSluiceError(error) ? error.code : `unexpected: ${error}`),
  );
}

describe("an artifact's files", () => {
  it("come back as they were written, in a folder that was not there", async () => {
    await using fixture = await createFixture();
    const folder = fixture.getPath("a/b");
    const zip = await zipOf("1");
    const written = await writeArtifact(folder, zip, draft());
    expect(written).toMatchObject({ function: "orders", path: `${folder}/orders.zip`, cached: false });
    expect(written.manifest).toMatchObject({ digest: digestOf(zip.bytes), sizeBytes: zip.bytes.length });
    expect(await readArtifact(folder, "orders", { verify: true })).toEqual({ ...written, cached: true });
    expect((await fixture.readdir("a/b")).sort()).toEqual(["orders.manifest.json", "orders.zip"]);
  });

  it("are replaced by the next ones", async () => {
    await using fixture = await createFixture();
    await writeArtifact(fixture.path, await zipOf("1"), draft());
    const { manifest } = await writeArtifact(fixture.path, await zipOf("2"), draft());
    expect((await readArtifact(fixture.path, "orders", { verify: true }))?.manifest).toEqual(manifest);
  });

  it("are missing when either is missing", async () => {
    await using fixture = await createFixture({ file: "" });
    expect(await readArtifact(fixture.getPath("nowhere"), "orders")).toBeNull();
    for (const name of ["orders.zip", "orders.manifest.json"]) {
      await writeArtifact(fixture.path, await zipOf("1"), draft());
      await fixture.rm(name);
      expect(await readArtifact(fixture.path, "orders")).toBeNull();
      expect(await readArtifact(fixture.path, "orders", { verify: true })).toBeNull();
    }
    expect(await codeOf(readArtifact(fixture.getPath("file"), "orders"))).toBe("SLUICE_FOLDER_UNUSABLE");
  });

  it("are refused when the zip or the manifest is another", async () => {
    await using fixture = await createFixture();
    await writeArtifact(fixture.path, await zipOf("1"), draft());
    const bytes = await fixture.readFile("orders.zip");
    await fixture.writeFile("orders.zip", bytes.subarray(1));
    expect(await codeOf(readArtifact(fixture.path, "orders"))).toBe("SLUICE_ARTIFACT_CORRUPT");
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await fixture.writeFile("orders.zip", bytes);
    expect(await codeOf(readArtifact(fixture.path, "orders"))).toBe("none");
    expect(await codeOf(readArtifact(fixture.path, "orders", { verify: true }))).toBe(
      "SLUICE_ARTIFACT_CORRUPT",
    );
    await writeArtifact(fixture.path, await zipOf("1"), draft({ function: "other" }));
    await fixture.cp(fixture.getPath("other.manifest.json"), "orders.manifest.json");
    expect(await codeOf(readArtifact(fixture.path, "orders"))).toBe("SLUICE_MANIFEST_INVALID");
  });

  it.each(["../orders", "a/b", "", ".", "a b", "a".repeat(65)])("are not named after %j", async (name) => {
    await using fixture = await createFixture();
    const zip = await zipOf("1");
    const folder = fixture.getPath("a");
    expect(await codeOf(writeArtifact(folder, zip, draft({ function: name })))).toBe(
      "SLUICE_ARTIFACT_NAME_INVALID",
    );
    expect(await codeOf(readArtifact(folder, name))).toBe("SLUICE_ARTIFACT_NAME_INVALID");
    expect(await fixture.readdir("")).toEqual([]);
  });

  it.each(["orders.zip", "orders.manifest.json"])(
    "stay the old ones when the disk is full at %s",
    async (name) => {
      await using fixture = await createFixture();
      const old = await writeArtifact(fixture.path, await zipOf("1"), draft());
      fault.onWrite = (path) =>
        path.includes(`.${name}.`) ? Object.assign(new Error("no space"), { code: "ENOSPC" }) : undefined;
      expect(await codeOf(writeArtifact(fixture.path, await zipOf("2"), draft()))).toBe("SLUICE_DISK_FULL");
      expect((await fixture.readdir("")).sort()).toEqual(["orders.manifest.json", "orders.zip"]);
      expect(await readArtifact(fixture.path, "orders", { verify: true })).toEqual({ ...old, cached: true });
    },
  );

  it("name what is in the way", async () => {
    await using fixture = await createFixture({
      file: "",
      "folder/orders.zip/x": "",
      "other/orders.manifest.json/x": "",
    });
    const zip = await zipOf("1");
    expect(await codeOf(writeArtifact(fixture.getPath("other"), zip, draft()))).toBe(
      "SLUICE_FOLDER_UNUSABLE",
    );
    expect(await codeOf(writeArtifact(fixture.getPath("file/below"), zip, draft()))).toBe(
      "SLUICE_FOLDER_UNUSABLE",
    );
    expect(await codeOf(writeArtifact(fixture.getPath("file"), zip, draft()))).toBe("SLUICE_FOLDER_UNUSABLE");
    expect(await codeOf(writeArtifact(fixture.getPath("folder"), zip, draft()))).toBe(
      "SLUICE_FOLDER_UNUSABLE",
    );
    expect(await fixture.readdir("folder")).toEqual(["orders.zip"]);
  });
});
