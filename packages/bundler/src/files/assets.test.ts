import { symlinkSync } from "node:fs";
import type { ResolvedFunction } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, problemsOf } from "../testing/repository.ts";

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
});
