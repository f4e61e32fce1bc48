import { mkdirSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { watchedFolders } from "@sluice/artifact";
import { type ResolvedConfig, type ResolvedFunction, resolvePython } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf } from "../testing/repository.ts";

function watchedIn(
  root: string,
  functions: readonly ResolvedFunction[],
  layers: ResolvedConfig["layers"] = [],
) {
  const config: ResolvedConfig = {
    file: null,
    root,
    functions,
    layers,
    environments: [],
    branches: [],
    plugins: [],
    concurrency: null,
  };
  const { deep, flat } = watchedFolders(config, functions);
  const shown = (paths: readonly string[]): string[] => paths.map((path) => relative(root, path) || ".");
  return { deep: shown(deep), flat: shown(flat) };
}

describe("the folders to watch", () => {
  it("are those of Python's modules, requirements and wheels", async () => {
    await using fixture = await createFixture({ "app/src/shop/app.py": "", "app/needs/prod.txt": "" });
    const python = { ...resolvePython({}), requirements: ["needs/prod.txt"], findLinks: ["wheels"] };
    const given = { runtime: "python3.13", python };
    const functions = [
      functionOf("a", { ...given, entry: "shop.app" }),
      functionOf("b", { ...given, entry: "functions/b/app.py" }),
    ];
    expect(watchedIn(join(fixture.path, "app"), functions)).toEqual({
      deep: ["functions", "needs", "shop", "src"],
      flat: [".", "node_modules"],
    });
  });

  it("are those that the configuration names before a build, commands' outputs not among them", async () => {
    await using fixture = await createFixture({
      "app/assets/x.txt": "",
      "app/src/a.ts": "",
      "app/cmd/main.go": "",
      "app/common/x.txt": "",
    });
    const functions = [
      functionOf("a", { assets: [{ from: "assets/**/*.txt", to: null }], layers: ["shared"] }),
      functionOf("go", {
        source: "folder",
        entry: "out/bootstrap",
        command: "make",
        inputs: ["cmd/**/*.go"],
      }),
    ];
    const layer = { name: "shared", packages: [], nameTemplate: "{layer}", runtime: "nodejs22.x" };
    const layers = [
      {
        ...layer,
        folders: [{ from: "common", to: "" }],
        architecture: "x86_64" as const,
        python: resolvePython({}),
      },
    ];
    const root = join(fixture.path, "app");
    expect(watchedIn(root, functions, layers)).toEqual({
      deep: ["assets", "cmd", "common", "src"],
      flat: [".", "node_modules"],
    });
  });

  it("are those of what a build read, beside the root too, and no package's", async () => {
    await using fixture = await createFixture({
      ".git/HEAD": "",
      "package-lock.json": "{}",
      "node_modules/.package-lock.json": "{}",
      "node_modules/dep/package.json": '{"name":"dep"}',
      "node_modules/dep/index.js": "module.exports = 1;",
      "lib/src/x.ts": "export const x = 1;",
      "app/src/a.ts":
        'import { x } from "../../lib/src/x"; import dep from "dep"; export const handler = () => [x, dep];',
    });
    const root = join(fixture.path, "app");
    mkdirSync(join(root, "node_modules"));
    symlinkSync(join(fixture.path, "node_modules/dep"), join(root, "node_modules/dep"));
    await bundleAll(root, [functionOf("a")]);
    const { deep, flat } = watchedIn(root, [functionOf("a")]);
    expect(deep.sort()).toEqual(["../lib", "../lib/src", "src"]);
    expect(flat).toEqual(expect.arrayContaining(["..", ".", "../node_modules", "node_modules"]));
    expect(flat.some((path) => path.includes("dep"))).toBe(false);
  });
});
