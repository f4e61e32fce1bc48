import { rmSync, symlinkSync } from "node:fs";
import { basename } from "node:path";
import { createZip } from "@sluice/artifact";
import type { Problem, ResolvedFunction } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, problemsOf, settleAll } from "../testing/repository.ts";

const FILES = {
  "src/a.ts": "export const handler = () => 1;",
  "templates/mail.txt": "x",
  "templates/deep/.hidden": "x",
  "templates/.env": "x",
  "pages/[id].html": "x",
  "keys/server.pem": "x",
};

type Assets = ResolvedFunction["assets"];

async function packed(assets: Assets): Promise<{ files: string[]; notices: readonly string[] }> {
  await using fixture = await createFixture(FILES);
  const run = await bundleAll(fixture.path, [functionOf("a", { assets, sourcemap: false })]);
  const files = one(run).manifest.files.map((file) => file.path);
  return { files: files.filter((path) => path !== "index.mjs"), notices: run.notices };
}

/** Code and place of what is wrong with the function a; nothing when it is bundled. */
async function problemsOfBuild(root: string): Promise<unknown[]> {
  const { outcomes } = await settleAll(root, [functionOf("a")]);
  return outcomes.flatMap((outcome) =>
    outcome.status === "rejected"
      ? outcome.reason.problems.map(({ code, where }: Problem) => [code, where])
      : [],
  );
}

describe("assets", () => {
  it.each<[string, Assets, string[]]>([
    ["globs", [{ from: "templates/**", to: null }], ["templates/deep/.hidden", "templates/mail.txt"]],
    ["a folder", [{ from: "templates", to: null }], ["templates/deep/.hidden", "templates/mail.txt"]],
    ["a folder at another place", [{ from: "templates", to: "t" }], ["t/deep/.hidden", "t/mail.txt"]],
    ["a folder at the top", [{ from: "./templates/", to: "." }], ["deep/.hidden", "mail.txt"]],
    ["a file at another place", [{ from: "templates/mail.txt", to: "m.txt" }], ["m.txt"]],
    ["a file into a folder", [{ from: "templates/mail.txt", to: "t/" }], ["t/mail.txt"]],
    ["a name that looks like a glob", [{ from: "pages/[id].html", to: null }], ["pages/[id].html"]],
    ["a key that is named", [{ from: "keys/server.pem", to: null }], ["keys/server.pem"]],
  ])("takes %s", async (_what, assets, files) => {
    expect((await packed(assets)).files).toEqual(files);
  });

  it("takes a file once that two globs give, and tells what it left out", async () => {
    const { files, notices } = await packed([
      { from: "templates/*", to: null },
      { from: "**/*.{txt,pem}", to: null },
    ]);
    expect(files).toEqual(["templates/mail.txt"]);
    expect(notices.join()).toContain("keys/server.pem");
    expect(notices.join()).toContain("templates/.env");
  });

  it.each<[string, Assets, string]>([
    ["a glob that matches nothing", [{ from: "nothing/**", to: null }], "SLUICE_ASSET_NOT_FOUND"],
    ["a file that is not there", [{ from: "gone.txt", to: null }], "SLUICE_ASSET_NOT_FOUND"],
    ["a place outside", [{ from: "templates", to: "../up" }], "SLUICE_ASSET_PLACE_INVALID"],
    ["a link that leaves the repository", [{ from: "passwd", to: null }], "SLUICE_SYMLINK_OUTSIDE"],
  ])("refuses %s", async (_what, assets, code) => {
    await using fixture = await createFixture(FILES);
    symlinkSync("/etc/passwd", fixture.getPath("passwd"));
    expect(await problemsOf(fixture.path, functionOf("a", { assets }))).toMatchObject([{ code }]);
  });

  it("walks no link that leaves the repository, and none that leads back", async () => {
    await using fixture = await createFixture({ ...FILES, "t/f.txt": "x", "t/d/g.txt": "x" });
    symlinkSync(".", fixture.getPath("t/loop"));
    symlinkSync("..", fixture.getPath("t/d/up"));
    const build = (from: string) =>
      bundleAll(fixture.path, [functionOf("a", { assets: [{ from, to: null }], sourcemap: false })]);
    const glob = one(await build("t/**"));
    expect(glob.manifest.files.map(({ path }) => path)).toEqual(["index.mjs", "t/d/g.txt", "t/f.txt"]);
    expect(one(await build("t")).manifest.digest).toBe(glob.manifest.digest);
    // Walked, it would take minutes.
    symlinkSync("/", fixture.getPath("t/everything"));
    symlinkSync("/", fixture.getPath("everything"));
    expect(one(await build("t/*.txt")).manifest.files).toHaveLength(2);
    const assets = [{ from: "t/**", to: null }];
    expect(await problemsOf(fixture.path, functionOf("a", { assets }))).toMatchObject([
      { code: "SLUICE_SYMLINK_OUTSIDE", where: "t/everything" },
    ]);
  });

  it("names a link that leads nowhere", async () => {
    await using fixture = await createFixture({ ...FILES, "t/f.txt": "x" });
    symlinkSync("nowhere", fixture.getPath("t/x.txt"));
    for (const from of ["t", "t/**"]) {
      const assets = [{ from, to: null }];
      expect(await problemsOf(fixture.path, functionOf("a", { assets }))).toMatchObject([
        { code: "SLUICE_FILE_UNREADABLE", where: "t/x.txt" },
      ]);
    }
  });

  it.each(["src/a.ts", "src/lib/x.ts", "src/lib"])(
    "refuses sources behind a link that leaves: %s",
    async (path) => {
      await using outside = await createFixture({ "a.ts": FILES["src/a.ts"], "x.ts": "export const x = 1;" });
      await using fixture = await createFixture({
        ".git/HEAD": "",
        "src/a.ts": 'import { x } from "./lib/x"; export const handler = () => x;',
        "src/lib/x.ts": "export const x = 1;",
      });
      rmSync(fixture.getPath(path), { recursive: true });
      symlinkSync(path === "src/lib" ? outside.path : outside.getPath(basename(path)), fixture.getPath(path));
      expect(await problemsOfBuild(fixture.path)).toEqual([["SLUICE_SYMLINK_OUTSIDE", path]]);
    },
  );

  it("tells what secrets a ready zip holds", async () => {
    await using fixture = await createFixture({
      "t/index.js": "exports.handler = () => 1;",
      "t/.ENV": "A=1",
    });
    const zip = await createZip([
      { path: "index.js", bytes: Buffer.from("exports.handler = () => 1;") },
      { path: "config/.env", bytes: Buffer.from("A=1") },
    ]);
    await fixture.writeFile("z.zip", zip.bytes);
    const fn = functionOf("a", { source: "zip", entry: "z.zip" });
    expect((await bundleAll(fixture.path, [fn])).notices.join()).toMatch(/^a: z\.zip holds .*config\/\.env/);
    const folder = functionOf("b", { source: "folder", entry: "t" });
    expect(one(await bundleAll(fixture.path, [folder])).manifest.files).toHaveLength(1);
  });
});
