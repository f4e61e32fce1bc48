import { describe, expect, it } from "vitest";
import { type InstalledProject, packagesIn, projectForEach } from "../testing/installed.ts";
import { bundleAll, functionOf, invoke, one } from "../testing/repository.ts";

let project: InstalledProject;

projectForEach((made) => {
  project = made;
});

describe("names that objects have of their own", () => {
  it("are packages and functions like any other", async () => {
    project.source('import a from "a"; export const handler = () => a();');
    project.install("node_modules/a", "a@1.0.0", { dependencies: { constructor: "1" } });
    project.install("node_modules/constructor", "constructor@1.0.0");
    const packages = Object.fromEntries(
      ["a", "constructor"].map((name) => [`node_modules/${name}`, { version: "1.0.0" }]),
    );
    project.put("package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }));
    const fn = functionOf("constructor", { entry: "src/a.ts", external: ["a"], sourcemap: false });
    const artifact = one(await bundleAll(project.fixture.path, [fn]));
    expect(packagesIn(artifact)).toEqual(["a", "constructor"]);
    expect(await invoke(artifact, {})).toEqual(["a@1.0.0", "constructor@1.0.0"]);
    expect(one(await bundleAll(project.fixture.path, [fn])).cached).toBe(true);
  }, 60_000);
});
