import { rmSync } from "node:fs";
import { elf, elfLibrary } from "@sluice/test-kit";
import { describe, expect, it } from "vitest";
import { type InstalledProject, packagesIn, projectForEach } from "../testing/installed.ts";
import { functionOf, invoke, one, problemsOf, unpacked } from "../testing/repository.ts";

let project: InstalledProject;

projectForEach((made) => {
  project = made;
});

const build: InstalledProject["build"] = (overrides) => project.build(overrides);

const IMPORT_A = 'import a from "a"; export const handler = () => a();';

describe("native packages", () => {
  const part = (name: string, arch: "x86_64" | "arm64", fields: Record<string, unknown>): void =>
    project.install(`node_modules/${name}`, `${name}@1.0.0`, fields, { "addon.node": elfLibrary(arch, {}) });

  it("are found by themselves, at first and when they are remembered, and come with the target's part alone", async () => {
    project.source('import sharpish from "sharpish"; export const handler = () => sharpish();');
    const optionalDependencies = { "@s/linux-x64": "1", "@s/linuxmusl-x64": "1", "@s/darwin-arm64": "1" };
    project.install("node_modules/sharpish", "sharpish@1.0.0", { optionalDependencies });
    part("@s/linux-x64", "x86_64", { os: ["linux"], cpu: ["x64"] });
    part("@s/linuxmusl-x64", "x86_64", { os: ["linux"], cpu: ["x64"], libc: ["musl"] });
    part("@s/darwin-arm64", "arm64", { os: ["darwin"], cpu: ["arm64"] });
    const first = one(await build());
    expect(packagesIn(first)).toEqual(["@s/linux-x64", "sharpish"]);
    expect(first.manifest.compatibleArchitectures).toEqual(["x86_64"]);
    rmSync(project.fixture.getPath(".sluice/cache/a.json"));
    rmSync(project.fixture.getPath(".sluice/cache/records"), { recursive: true, force: true });
    const again = one(await build());
    expect(again.cached).toBe(false);
    expect(again.manifest.digest).toBe(first.manifest.digest);
    expect(await invoke(again, {})).toEqual(["sharpish@1.0.0"]);
  }, 60_000);

  it("are found when they make the build fail", async () => {
    project.source('import addon from "addon"; export const handler = () => addon;');
    project.put("node_modules/addon/package.json", '{"name":"addon","version":"1.0.0","napi":{}}');
    project.put(
      "node_modules/addon/index.js",
      'try { module.exports = require("./x.weird"); } catch { module.exports = 1; }\n',
    );
    project.put("node_modules/addon/x.weird", "?");
    expect(Object.keys(unpacked(one(await build())))).toContain("node_modules/addon/index.js");
  }, 60_000);

  it("keep the prebuilt addon of the target and leave the others out", async () => {
    project.source('import addon from "addon"; export const handler = () => addon();');
    const prebuilds = {
      "prebuilds/linux-x64/a.glibc.node": elfLibrary("x86_64", {}),
      "prebuilds/linux-x64/a.musl.node": elfLibrary("x86_64", { libraries: ["libc.musl-x86_64.so.1"] }),
      "prebuilds/linux-x64/later.node": elfLibrary("x86_64", { versions: ["GLIBC_2.38"] }),
      "prebuilds/linux-arm64/a.node": elfLibrary("arm64", {}),
      "prebuilds/darwin-x64+arm64/a.node": Buffer.concat([Buffer.from("cffaedfe", "hex"), Buffer.alloc(40)]),
      "build/Release/a.node": elfLibrary("x86_64", { text: "node_register_module_v115" }),
    };
    project.install("node_modules/addon", "addon@1.0.0", { gypfile: true }, prebuilds);
    const nodes = async (architecture: "x86_64" | "arm64"): Promise<string[]> =>
      Object.keys(unpacked(one(await build({ architecture })))).filter((path) => path.endsWith(".node"));
    expect(await nodes("x86_64")).toEqual(["node_modules/addon/prebuilds/linux-x64/a.glibc.node"]);
    expect(await nodes("arm64")).toEqual(["node_modules/addon/prebuilds/linux-arm64/a.node"]);
  }, 60_000);

  it.each([
    ["another processor", elf("arm64"), "built for arm64"],
    ["musl", elfLibrary("x86_64", { libraries: ["libc.musl-x86_64.so.1"] }), "musl"],
    ["a later glibc", elfLibrary("x86_64", { versions: ["GLIBC_2.38"] }), "glibc 2.38"],
    ["another Node.js", elfLibrary("x86_64", { text: "node_register_module_v115" }), "Node.js 20"],
  ])("are an error when they are built for %s alone", async (_, bytes, words) => {
    project.source('import addon from "addon"; export const handler = () => addon();');
    project.install(
      "node_modules/addon",
      "addon@1.0.0",
      { gypfile: true },
      { "build/Release/a.node": bytes },
    );
    const [problem] = await problemsOf(project.fixture.path, functionOf("a"));
    expect(problem).toMatchObject({
      code: "SLUICE_NATIVE_ARCHITECTURE",
      message: expect.stringContaining(words),
      where: "node_modules/addon/build/Release/a.node",
    });
  });

  it("without the target's part are an error that tells how to get it", async () => {
    project.source('import sharpish from "sharpish"; export const handler = () => sharpish();');
    project.install("node_modules/sharpish", "sharpish@1.0.0", {
      optionalDependencies: { "@s/linux-arm64": "1.0.0" },
    });
    const [problem] = await problemsOf(project.fixture.path, functionOf("a", { architecture: "arm64" }));
    expect(problem).toMatchObject({
      code: "SLUICE_NATIVE_ARCHITECTURE",
      message: expect.stringContaining("@s/linux-arm64"),
    });
  });
});

describe("the lockfile", () => {
  const lock = (version: string): void =>
    project.put(
      "package-lock.json",
      JSON.stringify({
        lockfileVersion: 3,
        packages: { "": { name: "app" }, "node_modules/a": { version, integrity: "sha512-x" } },
      }),
    );

  it("has to have what is copied", async () => {
    project.source(IMPORT_A);
    project.install("node_modules/a", "a@1.0.0");
    lock("1.0.1");
    expect(await problemsOf(project.fixture.path, functionOf("a", { external: ["a"] }))).toMatchObject([
      {
        code: "SLUICE_LOCKFILE_DISAGREES",
        hint: expect.stringContaining("npm ci"),
        where: "package-lock.json",
      },
    ]);
    lock("1.0.0");
    expect(await invoke(one(await build({ external: ["a"] })), {})).toEqual(["a@1.0.0"]);
  }, 60_000);

  it("is missed only when something is copied", async () => {
    project.source(IMPORT_A);
    project.install("node_modules/a", "a@1.0.0");
    expect((await build()).notices.join()).not.toContain("no lockfile");
    expect((await build({ external: ["a"] })).notices.join()).toContain("no lockfile");
  }, 60_000);

  it("is compared with what is bundled, for a notice", async () => {
    project.source(IMPORT_A);
    project.install("node_modules/a", "a@1.0.0");
    lock("1.0.1");
    const { notices } = await build();
    expect(notices.filter((notice) => notice.includes("a 1.0.0 (locked: 1.0.1)"))).toHaveLength(1);
    lock("1.0.0");
    expect((await build()).notices).toEqual([]);
  }, 60_000);
});
