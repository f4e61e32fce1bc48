import { describe, expect, it } from "vitest";
import { type InstalledProject, installedProject, packagesIn } from "../testing/installed.ts";
import { invoke, one } from "../testing/repository.ts";

/** A data mapper that loads its driver by a computed name, with the drivers beside it. */
async function projectWith(mapper: object, dependencies: Record<string, string>): Promise<InstalledProject> {
  const project = await installedProject();
  project.put("package.json", JSON.stringify({ name: "app", dependencies }));
  project.put("src/a.ts", 'import open from "mapper"; export const handler = () => open("driver");');
  project.put(
    "node_modules/mapper/package.json",
    JSON.stringify({ name: "mapper", version: "1.0.0", ...mapper }),
  );
  project.put("node_modules/mapper/index.js", "module.exports = (name) => require(name)();\n");
  project.install("node_modules/driver", "driver@1.0.0");
  project.install("node_modules/other", "other@1.0.0");
  return project;
}

const META = { peerDependenciesMeta: { driver: { optional: true }, other: { optional: true } } };

describe("a peer that is optional", () => {
  it.each([
    ["in peerDependencies and their meta", { peerDependencies: { driver: "1", other: "1" }, ...META }],
    ["in the meta alone", META],
  ])("is copied when the project depends on it, named %s", async (_, mapper) => {
    const project = await projectWith(mapper, { mapper: "1", driver: "1" });
    const artifact = one(await project.build({ external: ["mapper"] }));
    expect(packagesIn(artifact)).toEqual(["driver", "mapper"]);
    expect(await invoke(artifact, {})).toEqual(["driver@1.0.0"]);
    await project.fixture.rm();
  });
});
