import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isSluiceError } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Installer, installOnce } from "./install.ts";
import { testContext } from "./testing/context.ts";

let fixture: FsFixture;
let parent: string;
beforeEach(async () => {
  fixture = await createFixture({});
  parent = fixture.getPath("thing-1.0.0");
});
afterEach(() => fixture.rm());

function installer(log: string[]): Installer<{ readonly file: string }> {
  return {
    install: async (folder) => {
      log.push(folder);
      await delay(20);
      const file = join(folder, "file");
      await writeFile(file, "content");
      return { file };
    },
    works: async ({ file }) => existsSync(file),
  };
}

describe("an installation", () => {
  it("happens once, however many ask", async () => {
    const log: string[] = [];
    const context = testContext({ cwd: fixture.path });
    const all = await Promise.all(
      Array.from({ length: 4 }, () => installOnce(parent, installer(log), context)),
    );
    expect(log).toHaveLength(1);
    expect(new Set(all.map(({ value }) => value.file)).size).toBe(1);
    expect(readdirSync(fixture.path)).toEqual(["thing-1.0.0"]);
  });

  it("is not taken for one when it was killed half-way, and that is removed", async () => {
    mkdirSync(join(parent, "i-half"), { recursive: true });
    writeFileSync(join(parent, "i-half", "file"), "half");
    const { folder } = await installOnce(parent, installer([]), testContext({ cwd: fixture.path }));
    expect(readdirSync(parent)).toEqual([folder.slice(parent.length + 1)]);
  });

  it("succeeds though an installer whose parent was killed goes on writing", async () => {
    const orphan = join(parent, "i-orphan");
    mkdirSync(orphan, { recursive: true });
    // One process alone: nothing of it is left to write once it has ended.
    const script = `const fs = require("fs"); const folder = ${JSON.stringify(orphan)};
for (let i = 0; ; i++) { try { fs.mkdirSync(folder + "/" + i, { recursive: true }); fs.writeFileSync(folder + "/" + i + "/file", ""); } catch {} }`;
    const writer = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
    try {
      while (readdirSync(orphan).length < 20) await delay(5);
      const { value } = await installOnce(parent, installer([]), testContext({ cwd: fixture.path }));
      expect(existsSync(value.file)).toBe(true);
    } finally {
      const exited = once(writer, "exit");
      writer.kill("SIGKILL");
      await exited;
    }
  });

  it("leaves nothing when it fails", async () => {
    const failing = { ...installer([]), install: () => Promise.reject(new Error("no network")) };
    const context = testContext({ cwd: fixture.path });
    await expect(installOnce(parent, failing, context)).rejects.toThrow("no network");
    expect(readdirSync(parent)).toEqual([]);
  });

  it("is done anew when what it stood on is gone", async () => {
    const log: string[] = [];
    const context = testContext({ cwd: fixture.path });
    await installOnce(parent, installer(log), context);
    await installOnce(parent, { ...installer(log), works: async () => false }, context);
    expect(log).toHaveLength(2);
    expect(readdirSync(parent)).toHaveLength(1);
  });

  it("says which folder cannot be written", async () => {
    writeFileSync(fixture.getPath("occupied"), "a file");
    const failed = await installOnce(
      fixture.getPath("occupied", "thing"),
      installer([]),
      testContext({ cwd: fixture.path }),
    ).catch((error: unknown) => error);
    expect(isSluiceError(failed) && failed.code).toBe("SLUICE_LOCAL_FOLDER");
  });
});
