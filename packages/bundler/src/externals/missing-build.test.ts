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

const ADDON = 'import addon from "addon"; export const handler = () => addon();';

describe("a package whose machine code was not built", () => {
  it.each([
    ["has a binding.gyp", {}, { "binding.gyp": "{}" }],
    ["loads it by bindings", { dependencies: { bindings: "1" } }, {}],
    ["has it fetched by node-pre-gyp", { binary: { module_name: "addon" } }, {}],
  ])("is an error when it %s", async (_, manifest, files) => {
    project.source(ADDON);
    project.install("node_modules/bindings", "bindings@1.5.0");
    project.install("node_modules/addon", "addon@1.0.0", manifest, files);
    const [problem] = await problemsOf(project.fixture.path, functionOf("a"));
    expect(problem).toMatchObject({
      code: "SLUICE_NATIVE_ARCHITECTURE",
      message: expect.stringContaining("none is installed"),
      hint: expect.stringContaining("npm rebuild addon"),
      where: "node_modules/addon",
    });
    project.put("node_modules/addon/build/Release/addon.node", elfLibrary("x86_64", {}));
    expect(await invoke(one(await build()), {})).toContain("addon@1.0.0");
  });

  it("goes without when its own code tries, and says so", async () => {
    project.source(ADDON);
    project.install("node_modules/addon", "addon@1.0.0", {}, { "binding.gyp": "{}" });
    project.put(
      "node_modules/addon/index.js",
      'try { module.exports = require("./bindings"); } catch { module.exports = () => "slow"; }\n',
    );
    const run = await build();
    expect(run.notices.join()).toMatch(/machine code of addon was not built/);
    expect(await invoke(one(run), {})).toBe("slow");
  });

  it("goes without, also what was built for another machine, when who asks for it lists it as optional", async () => {
    project.source('import ssh from "ssh"; export const handler = () => ssh();');
    project.install("node_modules/ssh", "ssh@1.0.0", {
      gypfile: false,
      napi: {},
      optionalDependencies: { "cpu-features": "1" },
    });
    const addon = { "build/Release/a.node": elf("arm64") };
    project.install("node_modules/cpu-features", "cpu-features@1.0.0", { gypfile: true }, addon);
    const run = await build();
    expect(run.notices.join()).toMatch(/machine code of cpu-features is built for arm64, and is left out/);
    expect(packagesIn(one(run))).toEqual(["cpu-features", "ssh"]);
    expect(Object.keys(unpacked(one(run))).filter((path) => path.endsWith(".node"))).toEqual([]);
    expect(one(run).manifest.compatibleArchitectures).toEqual(["x86_64", "arm64"]);
  });

  it("is told of with the way to it where Prisma has none for the machine", async () => {
    project.source('import { a } from "@prisma/client"; export const handler = () => a;');
    project.install("node_modules/@prisma/client", "@prisma/client@6.0.0");
    project.install("node_modules/.prisma/client", "prisma-client-1@1.0.0");
    const [missing] = await problemsOf(project.fixture.path, functionOf("a"));
    expect(missing).toMatchObject({
      code: "SLUICE_EXTERNAL_NOT_INSTALLED",
      hint: expect.stringContaining("npx prisma generate"),
      where: "src/a.ts",
    });
    project.put("node_modules/.prisma/client/schema.prisma", "");
    project.put("node_modules/.prisma/client/libquery_engine-debian.so.node", elfLibrary("x86_64", {}));
    const [other] = await problemsOf(project.fixture.path, functionOf("a", { architecture: "arm64" }));
    expect(other?.hint).toContain("linux-arm64-openssl-3.0.x to binaryTargets");
  });
});

describe("an entry of external that begins with an exclamation mark", () => {
  it("has a package bundled that would be kept out by itself, or by a pattern", async () => {
    project.source('import pino from "pino"; export const handler = () => pino();');
    project.install("node_modules/pino", "pino@9.0.0", { dependencies: { "@p/one": "1", "@p/two": "1" } });
    project.install("node_modules/@p/one", "@p/one@1.0.0");
    project.install("node_modules/@p/two", "@p/two@1.0.0");
    expect(packagesIn(one(await build()))).toEqual(["@p/one", "@p/two", "pino"]);
    const external = ["!pino", "@p/*", "!@p/two"];
    const bundled = one(await build({ external }));
    expect(packagesIn(bundled)).toEqual(["@p/one"]);
    expect(await invoke(bundled, {})).toEqual(["pino@9.0.0", "@p/one@1.0.0", "@p/two@1.0.0"]);
    rmSync(project.fixture.getPath(".sluice"), { recursive: true });
    expect(one(await build({ external })).manifest.digest).toBe(bundled.manifest.digest);
  }, 60_000);
});

describe("the TypeScript compiler", () => {
  it("is copied with the declarations of its standard library", async () => {
    project.source('import ts from "typescript"; export const handler = () => ts();');
    const files = { "lib/lib.d.ts": "//", "lib/lib.es2023.d.ts": "//", "lib/typescript.d.ts": "//" };
    project.install("node_modules/typescript", "typescript@5.9.0", {}, files);
    const paths = Object.keys(unpacked(one(await build()))).filter((path) => path.endsWith(".d.ts"));
    expect(paths.map((path) => path.split("/").at(-1))).toEqual(["lib.d.ts", "lib.es2023.d.ts"]);
  });
});
