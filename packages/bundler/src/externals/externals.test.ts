import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { type InstalledProject, installedProject, packagesIn, projectForEach } from "../testing/installed.ts";
import { bundleAll, functionOf, invoke, one, problemsOf, unpacked } from "../testing/repository.ts";

let project: InstalledProject;

projectForEach((made) => {
  project = made;
});

const build: InstalledProject["build"] = (overrides) => project.build(overrides);

const IMPORT_A = 'import a from "a"; export const handler = () => a();';

const E = { dependencies: { b: "2" }, peerDependencies: { c: "1" } };

/** a → b@1, c; c → b@2, e; e → b@2, c: as each package manager lays it out, once or twice. */
const LAYOUTS: Readonly<Record<string, () => void>> = {
  npm: () => {
    project.install("node_modules/a", "a@1.0.0", { dependencies: { b: "1", c: "1" } });
    project.install("node_modules/b", "b@1.0.0");
    project.install("node_modules/c", "c@1.0.0", { dependencies: { b: "2" }, peerDependencies: { e: "1" } });
    project.install("node_modules/c/node_modules/b", "b@2.0.0");
    project.install("node_modules/e", "e@1.0.0", E);
    project.install("node_modules/e/node_modules/b", "b@2.0.0");
  },
  hoistedOtherwise: () => {
    project.install("node_modules/a", "a@1.0.0", { dependencies: { b: "1", c: "1" } });
    project.install("node_modules/a/node_modules/b", "b@1.0.0");
    project.install("node_modules/b", "b@2.0.0");
    project.install("node_modules/c", "c@1.0.0", { dependencies: { b: "2" }, peerDependencies: { e: "1" } });
    project.install("node_modules/e", "e@1.0.0", E);
  },
  pnpm: () => {
    const store = "node_modules/.pnpm";
    project.install(`${store}/a@1.0.0/node_modules/a`, "a@1.0.0", { dependencies: { b: "1", c: "1" } });
    project.install(`${store}/b@1.0.0/node_modules/b`, "b@1.0.0");
    project.install(`${store}/b@2.0.0/node_modules/b`, "b@2.0.0");
    project.install(`${store}/c@1.0.0/node_modules/c`, "c@1.0.0", {
      dependencies: { b: "2" },
      peerDependencies: { e: "1" },
    });
    project.install(`${store}/e@1.0.0/node_modules/e`, "e@1.0.0", E);
    project.link("node_modules/a", `${store}/a@1.0.0/node_modules/a`);
    project.link(`${store}/a@1.0.0/node_modules/b`, `${store}/b@1.0.0/node_modules/b`);
    project.link(`${store}/a@1.0.0/node_modules/c`, `${store}/c@1.0.0/node_modules/c`);
    project.link(`${store}/c@1.0.0/node_modules/b`, `${store}/b@2.0.0/node_modules/b`);
    project.link(`${store}/c@1.0.0/node_modules/e`, `${store}/e@1.0.0/node_modules/e`);
    project.link(`${store}/e@1.0.0/node_modules/b`, `${store}/b@2.0.0/node_modules/b`);
    project.link(`${store}/e@1.0.0/node_modules/c`, `${store}/c@1.0.0/node_modules/c`);
  },
};

describe("packages that are not bundled", () => {
  it("are copied with their closure, the same from every layout", async () => {
    project.source(IMPORT_A);
    const digests = new Set<string>();
    for (const lay of Object.values(LAYOUTS)) {
      rmSync(project.fixture.getPath("node_modules"), { recursive: true, force: true });
      lay();
      const artifact = one(await build({ external: ["a"] }));
      digests.add(artifact.manifest.digest);
      expect(packagesIn(artifact)).toEqual(["a", "a/b", "b", "c", "e"]);
      expect(await invoke(artifact, {})).toEqual(["a@1.0.0", "b@1.0.0", "c@1.0.0", "b@2.0.0"]);
    }
    expect(digests.size).toBe(1);
  }, 60_000);

  it("are imported as if they were bundled, though Node.js guesses no names of them", async () => {
    project.source(
      'import a, { hidden } from "a"; import * as all from "a"; export const handler = () => [a.hidden, hidden, all.hidden];',
    );
    project.put("node_modules/a/package.json", '{"name":"a","version":"1.0.0"}');
    project.put("node_modules/a/index.js", 'for (const name of ["hidden"]) exports[name] = 7;\n');
    for (const format of ["esm", "cjs"] as const) {
      const artifact = one(await build({ external: ["a"], format }));
      expect(await invoke(artifact, {})).toEqual([7, 7, 7]);
    }
  }, 60_000);

  it("leave out what never runs and what is never packed, and keep licences and data", async () => {
    project.source(IMPORT_A);
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
        ".claude/settings.local.json": "{}",
      },
    };
    project.install("node_modules/a", "a@1.0.0", {}, files);
    const run = await build({ external: ["a"] });
    const names = Object.keys(unpacked(one(run))).filter((path) => path.startsWith("node_modules/a/"));
    expect(names.map((path) => path.slice("node_modules/a/".length))).toEqual(
      ["LICENSE", "data/words.md", "index.js", "lib/x.js", "package.json", "src/index.ts"].sort(),
    );
    expect(run.notices.join()).not.toContain(".env");
  });

  it("are those of include, too, and not those of provided", async () => {
    project.source('import a from "a"; export const handler = () => a();');
    project.install("node_modules/a", "a@1.0.0", { dependencies: { b: "1" } });
    project.install("node_modules/b", "b@1.0.0");
    project.install("node_modules/plugin", "plugin@1.0.0");
    const artifact = one(await build({ external: ["a"], provided: ["b"], include: ["plugin"] }));
    expect(packagesIn(artifact)).toEqual(["a", "plugin"]);
    const [problem] = await problemsOf(project.fixture.path, functionOf("a", { include: ["gone"] }));
    expect(problem).toMatchObject({ code: "SLUICE_EXTERNAL_NOT_INSTALLED", where: "functions.a.include[0]" });
  });

  it("have to be installed, unless the code can do without", async () => {
    const fn = functionOf("a", { external: ["gone", "driver"] });
    project.source('\nimport gone from "gone/sub"; export const handler = () => gone;');
    expect(await problemsOf(project.fixture.path, fn)).toMatchObject([
      { code: "SLUICE_EXTERNAL_NOT_INSTALLED", where: "src/a.ts:2:18" },
    ]);
    project.source(
      'let x; try { x = require("gone"); } catch { x = "none"; } export const handler = () => x;',
    );
    expect(await invoke(one(await bundleAll(project.fixture.path, [fn])), {})).toBe("none");
    project.source('import orm from "orm"; export const handler = () => orm.name;');
    project.put("node_modules/orm/package.json", '{"name":"orm","version":"1.0.0"}');
    project.put(
      "node_modules/orm/index.js",
      'exports.name = "orm"; exports.load = () => require("driver");\n',
    );
    expect(await invoke(one(await bundleAll(project.fixture.path, [fn])), {})).toBe("orm");
  }, 60_000);

  it("leave the AWS SDK to the runtime when external names it, with one notice", async () => {
    project.source('import { S3 } from "@aws-sdk/client-s3"; export const handler = () => S3;');
    project.install("node_modules/@aws-sdk/client-s3", "@aws-sdk/client-s3@3.0.0");
    const run = await build({ external: ["@aws-sdk/*"] });
    expect(packagesIn(one(run))).toEqual([]);
    expect(run.notices.filter((notice) => notice.includes("AWS SDK"))).toHaveLength(1);
  });

  it("are refused in two versions under one name", async () => {
    project.source('import a from "a"; import b from "b"; export const handler = () => [a(), b()];');
    project.install("node_modules/a", "a@1.0.0");
    project.install("node_modules/b", "b@1.0.0", { dependencies: { a: "2" } });
    project.install("node_modules/b/node_modules/a", "a@2.0.0");
    const [problem] = await problemsOf(project.fixture.path, functionOf("a", { external: ["a"] }));
    expect(problem?.code).toBe("SLUICE_EXTERNAL_VERSIONS");
    expect(problem?.message).toContain("2.0.0 for node_modules/b/index.js, 1.0.0 for src/a.ts");
    const artifact = one(await build({ external: ["a", "b"] }));
    expect(await invoke(artifact, {})).toEqual([["a@1.0.0"], ["b@1.0.0", "a@2.0.0"]]);
  }, 60_000);

  it("are built again when one of their files changes", async () => {
    project.source(IMPORT_A);
    LAYOUTS["pnpm"]?.();
    const first = one(await build({ external: ["a"] }));
    expect(one(await build({ external: ["a"] })).cached).toBe(true);
    project.put(
      "node_modules/.pnpm/b@2.0.0/node_modules/b/index.js",
      'module.exports = () => ["patched"];\n',
    );
    const second = one(await build({ external: ["a"] }));
    expect(second.manifest.digest).not.toBe(first.manifest.digest);
  }, 60_000);
});

describe("packages of the workspace", () => {
  const fn = functionOf("a", { external: ["@acme/db"] });

  beforeEach(() => {
    project.source('import db from "@acme/db"; export const handler = () => db();');
    project.link("node_modules/@acme/db", "packages/db");
  });

  it("are copied as they were built, by their files", async () => {
    project.install(
      "packages/db",
      "@acme/db@1.0.0",
      { files: ["index.js", "data"], dependencies: { b: "1" } },
      { "data/x.json": "1", "secret.txt": "" },
    );
    project.install("packages/db/node_modules/b", "b@1.0.0");
    const artifact = one(await bundleAll(project.fixture.path, [fn]));
    const names = Object.keys(unpacked(artifact)).filter((path) => path.includes("@acme/db/"));
    expect(names.map((path) => path.split("@acme/db/")[1])).toEqual([
      "data/x.json",
      "index.js",
      "package.json",
    ]);
    expect(await invoke(artifact, {})).toEqual(["@acme/db@1.0.0", "b@1.0.0"]);
    expect(one(await bundleAll(project.fixture.path, [fn])).cached).toBe(true);
    project.put("packages/db/data/y.json", "2");
    const later = one(await bundleAll(project.fixture.path, [fn]));
    expect(Object.keys(unpacked(later))).toContain("node_modules/@acme/db/data/y.json");
  });

  it("are an error when they are linked from outside of the repository", async () => {
    project.put(".git/HEAD", "");
    const other = await installedProject();
    try {
      other.install("db", "@acme/db@1.0.0");
      rmSync(project.fixture.getPath("node_modules/@acme/db"));
      symlinkSync(other.fixture.getPath("db"), project.fixture.getPath("node_modules/@acme/db"));
      const [problem] = await problemsOf(project.fixture.path, fn);
      expect(problem).toMatchObject({
        code: "SLUICE_SYMLINK_OUTSIDE",
        message: expect.stringContaining("@acme/db is a link to"),
      });
    } finally {
      await other.fixture.rm();
    }
  });

  it("are an error when a file name is not valid UTF-8", async () => {
    project.install("packages/db", "@acme/db@1.0.0");
    const name = Buffer.concat([Buffer.from(project.fixture.getPath("packages/db/x")), Buffer.from([0xff])]);
    writeFileSync(name, "");
    const [problem] = await problemsOf(project.fixture.path, fn);
    expect(problem?.code).toBe("SLUICE_FILE_NAME_INVALID");
  });

  it.each([
    ["not there", { main: "dist/index.js" }],
    ["TypeScript", { main: "src/index.ts" }],
  ])("are an error when their entry is %s", async (words, more) => {
    project.install("packages/db", "@acme/db@1.0.0", more, { "src/index.ts": "" });
    rmSync(project.fixture.getPath("packages/db/index.js"));
    const [problem] = await problemsOf(project.fixture.path, fn);
    expect(problem).toMatchObject({
      code: "SLUICE_WORKSPACE_NOT_BUILT",
      message: expect.stringContaining(words),
    });
  });
});
