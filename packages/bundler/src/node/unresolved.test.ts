import { symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { functionOf, problemsOf } from "../testing/repository.ts";

async function problemOf(
  specifier: string,
  files: Record<string, string> = {},
  link: readonly [from: string, to: string] | null = null,
): Promise<Problem | undefined> {
  await using fixture = await createFixture({
    "src/a.ts": `import ${JSON.stringify(specifier)};\nexport const handler = () => 1;`,
    "node_modules/there/package.json": '{"name":"there","version":"1.0.0"}',
    ...files,
  });
  if (link !== null) symlinkSync(join(fixture.path, link[1]), join(fixture.path, link[0]));
  const problems = await problemsOf(fixture.path, functionOf("a"));
  expect(problems).toHaveLength(1);
  return problems[0];
}

describe("an import that cannot be resolved", () => {
  it("may be of a package of the repository that is not built yet", async () => {
    const files = {
      "packages/w/package.json": '{"name":"@acme/w","version":"1.0.0","exports":{".":"./dist/index.js"}}',
      "node_modules/@acme/x/package.json": "{}",
    };
    const problem = await problemOf("@acme/w", files, ["node_modules/@acme/w", "packages/w"]);
    expect(problem).toMatchObject({ code: "SLUICE_IMPORT_UNRESOLVED", where: "src/a.ts:1:8" });
    expect(problem?.message).toContain('in packages/w. The module "./dist/index.js" was not found');
    expect(problem?.hint).toContain("Build that package first");
  });

  it.each([
    ["there/gone.js", "{}", "in node_modules/there. It has no such file"],
    ["there", '{"main":"lib/a.js"}', "has no such file (main: lib/a.js)"],
    ["there/inner", '{"exports":{".":"./a.js"}}', 'The path "./inner" is not exported by package "there"'],
  ])("may be of what an installed package lacks: %s", async (specifier, manifest, reason) => {
    const problem = await problemOf(specifier, { "node_modules/there/package.json": manifest });
    expect(problem?.message).toContain(reason);
    expect(problem?.hint).not.toContain("npm install there");
  });

  it("may be written in another case, and names no path of this machine", async () => {
    const problem = await problemOf("./orders", { "src/Orders.ts": "" });
    expect(problem?.code).toBe("SLUICE_IMPORT_UNRESOLVED");
    expect(problem?.message).toContain("There is a Orders.ts.");
    expect(problem?.message).not.toContain("tmp");
    expect(problem?.hint).toContain("upper and lower case");
  });

  it("may be of a layer", async () => {
    const problem = await problemOf("/opt/nodejs/config.mjs");
    expect(problem?.hint).toContain('provided: ["/opt/*"]');
  });

  it.each(["dependencies", "devDependencies", "optionalDependencies"])(
    "may be named in %s, and not be installed",
    async (kind) => {
      const manifest = JSON.stringify({ version: "1.0.0", [kind]: { "left-pad": "^1.0.0" } });
      const problem = await problemOf("left-pad/deep", { "package.json": manifest });
      expect(problem?.message).toContain("package.json names it, and it is not installed.");
      expect(problem?.hint).toContain("npm ci");
      expect(problem?.hint).not.toContain("left-pad");
    },
  );

  it("may just be missing", async () => {
    expect((await problemOf("left-pad"))?.hint).toContain("npm install left-pad");
    expect((await problemOf("./gone"))?.hint).toContain("Correct the path");
  });
});
