import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { ResolvedFunction } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { elf, elfLibrary } from "../testing/binaries.ts";
import { bundleAll, functionOf, invoke, one, problemsOf, unpacked } from "../testing/repository.ts";

let fixture: FsFixture;

beforeEach(async () => {
  fixture = await createFixture({ "package.json": JSON.stringify({ name: "app", dependencies: {} }) });
});

afterEach(async () => {
  await fixture.rm();
});

function put(path: string, content: string | Uint8Array): void {
  const file = fixture.getPath(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** A package in a folder; its code gives its name, version and what its dependencies give. */
function install(
  folder: string,
  id: string,
  more: object = {},
  files: Record<string, string | Uint8Array> = {},
): void {
  const at = id.lastIndexOf("@");
  const [name, version] = [id.slice(0, at), id.slice(at + 1)];
  const needs = Object.keys((more as { dependencies?: object }).dependencies ?? {});
  put(`${folder}/package.json`, JSON.stringify({ name, version, ...more }));
  const calls = needs.map((need) => `require(${JSON.stringify(need)})()`).join(", ");
  put(`${folder}/index.js`, `module.exports = () => [${JSON.stringify(id)}, ${calls}].flat();\n`);
  for (const [path, content] of Object.entries(files)) put(`${folder}/${path}`, content);
}

function link(path: string, to: string): void {
  const file = fixture.getPath(path);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(fixture.getPath(to), file);
}

const source = (body: string): void => put("src/a.ts", body);
const IMPORT_A = 'import a from "a"; export const handler = () => a();';

async function build(overrides: Partial<ResolvedFunction> = {}) {
  return bundleAll(fixture.path, [functionOf("a", { sourcemap: false, ...overrides })]);
}

const packagesIn = (files: Record<string, string>): string[] =>
  Object.keys(files)
    .filter((path) => path.endsWith("/package.json"))
    .map((path) => path.replace(/\/package\.json$/, "").replaceAll("node_modules/", ""))
    .sort();

/** a → b@1, c; c → b@2, e; e → c: as each package manager lays it out. */
const LAYOUTS: Readonly<Record<string, () => void>> = {
  npm: () => {
    install("node_modules/a", "a@1.0.0", { dependencies: { b: "1", c: "1" } });
    install("node_modules/b", "b@1.0.0");
    install("node_modules/c", "c@1.0.0", { dependencies: { b: "2" }, peerDependencies: { e: "1" } });
    install("node_modules/c/node_modules/b", "b@2.0.0");
    install("node_modules/e", "e@1.0.0", { peerDependencies: { c: "1" } });
  },
  hoistedOtherwise: () => {
    install("node_modules/a", "a@1.0.0", { dependencies: { b: "1", c: "1" } });
    install("node_modules/a/node_modules/b", "b@1.0.0");
    install("node_modules/b", "b@2.0.0");
    install("node_modules/c", "c@1.0.0", { dependencies: { b: "2" }, peerDependencies: { e: "1" } });
    install("node_modules/e", "e@1.0.0", { peerDependencies: { c: "1" } });
  },
  pnpm: () => {
    const store = "node_modules/.pnpm";
    install(`${store}/a@1.0.0/node_modules/a`, "a@1.0.0", { dependencies: { b: "1", c: "1" } });
    install(`${store}/b@1.0.0/node_modules/b`, "b@1.0.0");
    install(`${store}/b@2.0.0/node_modules/b`, "b@2.0.0");
    install(`${store}/c@1.0.0/node_modules/c`, "c@1.0.0", {
      dependencies: { b: "2" },
      peerDependencies: { e: "1" },
    });
    install(`${store}/e@1.0.0/node_modules/e`, "e@1.0.0", { peerDependencies: { c: "1" } });
    link("node_modules/a", `${store}/a@1.0.0/node_modules/a`);
    link(`${store}/a@1.0.0/node_modules/b`, `${store}/b@1.0.0/node_modules/b`);
    link(`${store}/a@1.0.0/node_modules/c`, `${store}/c@1.0.0/node_modules/c`);
    link(`${store}/c@1.0.0/node_modules/b`, `${store}/b@2.0.0/node_modules/b`);
    link(`${store}/c@1.0.0/node_modules/e`, `${store}/e@1.0.0/node_modules/e`);
    link(`${store}/e@1.0.0/node_modules/c`, `${store}/c@1.0.0/node_modules/c`);
  },
};

describe("packages that are not bundled", () => {
  it("are copied with their closure, the same from every layout", async () => {
    source(IMPORT_A);
    const digests = new Set<string>();
    for (const lay of Object.values(LAYOUTS)) {
      rmSync(fixture.getPath("node_modules"), { recursive: true, force: true });
      lay();
      const artifact = one(await build({ external: ["a"] }));
      digests.add(artifact.manifest.digest);
      expect(packagesIn(unpacked(artifact))).toEqual(["a", "b", "c", "c/b", "e"]);
      expect(await invoke(artifact, {})).toEqual(["a@1.0.0", "b@1.0.0", "c@1.0.0", "b@2.0.0"]);
    }
    expect(digests.size).toBe(1);
  }, 60_000);

  it("are imported as if they were bundled, though Node.js guesses no names of them", async () => {
    source(
      'import a, { hidden } from "a"; import * as all from "a"; export const handler = () => [a.hidden, hidden, all.hidden];',
    );
    put("node_modules/a/package.json", '{"name":"a","version":"1.0.0"}');
    put("node_modules/a/index.js", 'for (const name of ["hidden"]) exports[name] = 7;\n');
    for (const format of ["esm", "cjs"] as const) {
      const artifact = one(await build({ external: ["a"], format }));
      expect(await invoke(artifact, {})).toEqual([7, 7, 7]);
    }
  }, 60_000);

  it("leave out what never runs and what is never packed, and keep licences and data", async () => {
    source(IMPORT_A);
    const files = {
      ...{
        "index.d.ts": "",
        "index.js.map": "{}",
        "README.md": "",
        LICENSE: "MIT",
        "data/words.md": "",
        "test/a.js": "",
      },
      ...{
        ".env": "SECRET=1",
        "test.pem": "",
        "src/index.ts": "",
        "lib/x.ts": "",
        "lib/x.js": "",
        ".npmignore": "",
      },
    };
    install("node_modules/a", "a@1.0.0", {}, files);
    const run = await build({ external: ["a"] });
    const names = Object.keys(unpacked(one(run))).filter((path) => path.startsWith("node_modules/a/"));
    expect(names.map((path) => path.slice("node_modules/a/".length))).toEqual(
      ["LICENSE", "data/words.md", "index.js", "lib/x.js", "package.json", "src/index.ts"].sort(),
    );
    expect(run.notices.join()).not.toContain(".env");
  });

  it("are those of include, too, and not those of provided", async () => {
    source('import a from "a"; export const handler = () => a();');
    install("node_modules/a", "a@1.0.0", { dependencies: { b: "1" } });
    install("node_modules/b", "b@1.0.0");
    install("node_modules/plugin", "plugin@1.0.0");
    const artifact = one(await build({ external: ["a"], provided: ["b"], include: ["plugin"] }));
    expect(packagesIn(unpacked(artifact))).toEqual(["a", "plugin"]);
    const [problem] = await problemsOf(fixture.path, functionOf("a", { include: ["gone"] }));
    expect(problem).toMatchObject({ code: "SLUICE_EXTERNAL_NOT_INSTALLED", where: "functions.a.include[0]" });
  });

  it("have to be installed, unless the code can do without", async () => {
    const fn = functionOf("a", { external: ["gone", "driver"] });
    source('\nimport gone from "gone/sub"; export const handler = () => gone;');
    expect(await problemsOf(fixture.path, fn)).toMatchObject([
      { code: "SLUICE_EXTERNAL_NOT_INSTALLED", where: "src/a.ts:2:18" },
    ]);
    source('let x; try { x = require("gone"); } catch { x = "none"; } export const handler = () => x;');
    expect(await invoke(one(await bundleAll(fixture.path, [fn])), {})).toBe("none");
    source('import orm from "orm"; export const handler = () => orm.name;');
    put("node_modules/orm/package.json", '{"name":"orm","version":"1.0.0"}');
    put("node_modules/orm/index.js", 'exports.name = "orm"; exports.load = () => require("driver");\n');
    expect(await invoke(one(await bundleAll(fixture.path, [fn])), {})).toBe("orm");
  }, 60_000);

  it("leave the AWS SDK to the runtime when external names it, with one notice", async () => {
    source('import { S3 } from "@aws-sdk/client-s3"; export const handler = () => S3;');
    install("node_modules/@aws-sdk/client-s3", "@aws-sdk/client-s3@3.0.0");
    const run = await build({ external: ["@aws-sdk/*"] });
    expect(packagesIn(unpacked(one(run)))).toEqual([]);
    expect(run.notices.filter((notice) => notice.includes("AWS SDK"))).toHaveLength(1);
  });

  it("are refused in two versions under one name", async () => {
    source('import a from "a"; import b from "b"; export const handler = () => [a(), b()];');
    install("node_modules/a", "a@1.0.0");
    install("node_modules/b", "b@1.0.0", { dependencies: { a: "2" } });
    install("node_modules/b/node_modules/a", "a@2.0.0");
    const [problem] = await problemsOf(fixture.path, functionOf("a", { external: ["a"] }));
    expect(problem?.code).toBe("SLUICE_EXTERNAL_VERSIONS");
    expect(problem?.message).toContain("2.0.0 for node_modules/b/index.js");
    const artifact = one(await build({ external: ["a", "b"] }));
    expect(await invoke(artifact, {})).toEqual([["a@1.0.0"], ["b@1.0.0", "a@2.0.0"]]);
  }, 60_000);

  it("are built again when one of their files changes", async () => {
    source(IMPORT_A);
    LAYOUTS["pnpm"]?.();
    const first = one(await build({ external: ["a"] }));
    expect(one(await build({ external: ["a"] })).cached).toBe(true);
    put("node_modules/.pnpm/b@2.0.0/node_modules/b/index.js", 'module.exports = () => ["patched"];\n');
    const second = one(await build({ external: ["a"] }));
    expect(second.manifest.digest).not.toBe(first.manifest.digest);
  }, 60_000);
});

describe("packages of the workspace", () => {
  const fn = functionOf("a", { external: ["@acme/db"] });

  beforeEach(() => {
    source('import db from "@acme/db"; export const handler = () => db();');
    link("node_modules/@acme/db", "packages/db");
  });

  it("are copied as they were built, by their files", async () => {
    install(
      "packages/db",
      "@acme/db@1.0.0",
      { files: ["index.js", "data"], dependencies: { b: "1" } },
      { "data/x.json": "1", "secret.txt": "" },
    );
    install("packages/db/node_modules/b", "b@1.0.0");
    const artifact = one(await bundleAll(fixture.path, [fn]));
    const names = Object.keys(unpacked(artifact)).filter((path) => path.includes("@acme/db/"));
    expect(names.map((path) => path.split("@acme/db/")[1])).toEqual([
      "data/x.json",
      "index.js",
      "package.json",
    ]);
    expect(await invoke(artifact, {})).toEqual(["@acme/db@1.0.0", "b@1.0.0"]);
  });

  it.each([
    ["not there", { main: "dist/index.js" }],
    ["TypeScript", { main: "src/index.ts" }],
  ])("are an error when their entry is %s", async (words, more) => {
    install("packages/db", "@acme/db@1.0.0", more, { "src/index.ts": "" });
    rmSync(fixture.getPath("packages/db/index.js"));
    const [problem] = await problemsOf(fixture.path, fn);
    expect(problem).toMatchObject({
      code: "SLUICE_WORKSPACE_NOT_BUILT",
      message: expect.stringContaining(words),
    });
  });
});

describe("native packages", () => {
  const part = (name: string, arch: "x86_64" | "arm64", fields: object): void =>
    install(`node_modules/${name}`, `${name}@1.0.0`, fields, { "addon.node": elfLibrary(arch, {}) });

  it("are found by themselves, at first and when they are remembered, and come with the target's part alone", async () => {
    source('import sharpish from "sharpish"; export const handler = () => sharpish();');
    const optionalDependencies = { "@s/linux-x64": "1", "@s/linuxmusl-x64": "1", "@s/darwin-arm64": "1" };
    install("node_modules/sharpish", "sharpish@1.0.0", { optionalDependencies });
    part("@s/linux-x64", "x86_64", { os: ["linux"], cpu: ["x64"] });
    part("@s/linuxmusl-x64", "x86_64", { os: ["linux"], cpu: ["x64"], libc: ["musl"] });
    part("@s/darwin-arm64", "arm64", { os: ["darwin"], cpu: ["arm64"] });
    const first = one(await build());
    expect(packagesIn(unpacked(first))).toEqual(["@s/linux-x64", "sharpish"]);
    expect(first.manifest.compatibleArchitectures).toEqual(["x86_64"]);
    rmSync(fixture.getPath(".sluice/cache/a.json"));
    rmSync(fixture.getPath(".sluice/cache/records"), { recursive: true, force: true });
    const again = one(await build());
    expect(again.cached).toBe(false);
    expect(again.manifest.digest).toBe(first.manifest.digest);
    expect(await invoke(again, {})).toEqual(["sharpish@1.0.0"]);
  }, 60_000);

  it("are found when they make the build fail", async () => {
    source('import addon from "addon"; export const handler = () => addon;');
    put("node_modules/addon/package.json", '{"name":"addon","version":"1.0.0","gypfile":true}');
    put(
      "node_modules/addon/index.js",
      'try { module.exports = require("./x.weird"); } catch { module.exports = 1; }\n',
    );
    put("node_modules/addon/x.weird", "?");
    expect(Object.keys(unpacked(one(await build())))).toContain("node_modules/addon/index.js");
  }, 60_000);

  it("keep the prebuilt addon of the target and leave the others out", async () => {
    source('import addon from "addon"; export const handler = () => addon();');
    const prebuilds = {
      "prebuilds/linux-x64/a.glibc.node": elfLibrary("x86_64", {}),
      "prebuilds/linux-x64/a.musl.node": elfLibrary("x86_64", { libraries: ["libc.musl-x86_64.so.1"] }),
      "prebuilds/linux-arm64/a.node": elfLibrary("arm64", {}),
      "prebuilds/darwin-x64+arm64/a.node": Buffer.concat([Buffer.from("cffaedfe", "hex"), Buffer.alloc(40)]),
      "build/Release/a.node": elfLibrary("x86_64", { text: "node_register_module_v115" }),
    };
    install("node_modules/addon", "addon@1.0.0", { gypfile: true }, prebuilds);
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
    source('import addon from "addon"; export const handler = () => addon();');
    install("node_modules/addon", "addon@1.0.0", { gypfile: true }, { "build/Release/a.node": bytes });
    const [problem] = await problemsOf(fixture.path, functionOf("a"));
    expect(problem).toMatchObject({
      code: "SLUICE_NATIVE_ARCHITECTURE",
      message: expect.stringContaining(words),
      where: "node_modules/addon/build/Release/a.node",
    });
  });

  it("without the target's part are an error that tells how to get it", async () => {
    source('import sharpish from "sharpish"; export const handler = () => sharpish();');
    install("node_modules/sharpish", "sharpish@1.0.0", {
      optionalDependencies: { "@s/linux-arm64": "1.0.0" },
    });
    const [problem] = await problemsOf(fixture.path, functionOf("a", { architecture: "arm64" }));
    expect(problem).toMatchObject({
      code: "SLUICE_NATIVE_ARCHITECTURE",
      message: expect.stringContaining("@s/linux-arm64"),
    });
  });
});

describe("the lockfile", () => {
  const lock = (version: string): void =>
    put(
      "package-lock.json",
      JSON.stringify({
        lockfileVersion: 3,
        packages: { "": { name: "app" }, "node_modules/a": { version, integrity: "sha512-x" } },
      }),
    );

  it("has to have what is copied", async () => {
    source(IMPORT_A);
    install("node_modules/a", "a@1.0.0");
    lock("1.0.1");
    expect(await problemsOf(fixture.path, functionOf("a", { external: ["a"] }))).toMatchObject([
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
    source(IMPORT_A);
    install("node_modules/a", "a@1.0.0");
    expect((await build()).notices.join()).not.toContain("no lockfile");
    expect((await build({ external: ["a"] })).notices.join()).toContain("no lockfile");
  }, 60_000);

  it("is compared with what is bundled, for a notice", async () => {
    source(IMPORT_A);
    install("node_modules/a", "a@1.0.0");
    lock("1.0.1");
    const { notices } = await build();
    expect(notices.filter((notice) => notice.includes("a 1.0.0 (locked: 1.0.1)"))).toHaveLength(1);
    lock("1.0.0");
    expect((await build()).notices).toEqual([]);
  }, 60_000);
});
