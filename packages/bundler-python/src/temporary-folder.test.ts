import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { withTemporaryFolder } from "./temporary-folder.ts";

describe("a folder that is lent", () => {
  it("is there for as long as the work takes, and removed after a failure, too", async () => {
    await using fixture = await createFixture();
    const prefix = join(fixture.path, "x-");
    expect(await withTemporaryFolder(prefix, async (folder) => existsSync(folder))).toBe(true);
    const failing = withTemporaryFolder(prefix, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(readdirSync(fixture.path)).toEqual([]);
  });

  it("is removed with the process, whatever is still at work", async () => {
    await using fixture = await createFixture();
    const built = fileURLToPath(new URL("../dist/temporary-folder.js", import.meta.url));
    const script = `import { writeFileSync } from "node:fs";
import { withTemporaryFolder } from ${JSON.stringify(built)};
withTemporaryFolder(${JSON.stringify(join(fixture.path, "x-"))}, (folder) => {
  writeFileSync(folder + "/a", "");
  process.stdout.write("lent");
  process.exit(3);
});`;
    const ran = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect([ran.status, ran.stdout]).toEqual([3, "lent"]);
    expect(readdirSync(fixture.path)).toEqual([]);
  });
});
