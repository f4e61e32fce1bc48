import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, problemsOf } from "../testing/repository.ts";

const core = (meta: object): Record<string, string> => ({
  "node_modules/@nestjs/core/package.json": JSON.stringify({
    name: "@nestjs/core",
    version: "1.0.0",
    ...meta,
  }),
  "node_modules/@nestjs/core/index.js": `const load = (make) => { try { return make(); } catch { return "none"; } };
exports.sockets = () => load(() => require("@nestjs/websockets/socket-module"));`,
  "src/a.ts": 'import { sockets } from "@nestjs/core"; export const handler = () => sockets();',
});

const OPTIONAL = { peerDependenciesMeta: { "@nestjs/websockets": { optional: true } } };

describe("optional packages of packages", () => {
  it.each(["esm", "cjs"] as const)("are left out where they are not installed (%s)", async (format) => {
    await using fixture = await createFixture(core(OPTIONAL));
    expect(await invoke(one(await bundleAll(fixture.path, [functionOf("a", { format })])), {})).toBe("none");
    await fixture.mkdir("node_modules/@nestjs/websockets");
    await fixture.writeFile("node_modules/@nestjs/websockets/package.json", '{"name":"@nestjs/websockets"}');
    await fixture.writeFile(
      "node_modules/@nestjs/websockets/socket-module.js",
      "module.exports = 'sockets';",
    );
    expect(await invoke(one(await bundleAll(fixture.path, [functionOf("a", { format })])), {})).toBe(
      "sockets",
    );
  });

  it("are missing where the package does not say that it does without", async () => {
    await using fixture = await createFixture(core({}));
    const [problem] = await problemsOf(fixture.path, functionOf("a"));
    expect(problem).toMatchObject({
      code: "SLUICE_IMPORT_UNRESOLVED",
      where: "node_modules/@nestjs/core/index.js:2:44",
    });
  });
});
