import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, settleAll } from "../testing/repository.ts";

const files = (index: string): Record<string, string> => ({
  "src/api.ts": `import { load } from "formats";
export const handler = async (name: string) => load(name).catch((error) => error.code);`,
  "src/good.ts": "export const handler = () => 1;",
  "node_modules/formats/package.json":
    '{"name":"formats","version":"1.0.0","type":"module","main":"index.js"}',
  "node_modules/formats/index.js": index,
  "node_modules/formats/json.js": "export const name = 'json';",
  "node_modules/formats/avro.js": 'import avro, { parse } from "avro";\nexport const name = avro.x + parse;',
});
const LATE =
  'export const load = async (name) => (await (name === "json" ? import("./json.js") : import("./avro.js"))).name;';
const AT_ONCE = 'import { name } from "./avro.js";\nexport const load = async () => name;';
const functions = ["api", "good"].map((name) => functionOf(name));

describe("a package that an installed package imports and nobody has installed", () => {
  it.each(["esm", "cjs"] as const)("is missed when it is asked for: %s", async (format) => {
    await using fixture = await createFixture(files(LATE));
    const run = await bundleAll(fixture.path, [functionOf("api", { format })]);
    expect(run.notices.join()).toContain("avro is not installed. What imports it is loaded late");
    expect(await invoke(one(run), "json")).toBe("json");
    expect(await invoke(one(run), "avro")).toBe("ERR_MODULE_NOT_FOUND");
  });

  it("is bundled once it is installed, whatever was built before", async () => {
    await using fixture = await createFixture(files(LATE));
    await bundleAll(fixture.path, [functionOf("api")]);
    mkdirSync(join(fixture.path, "node_modules/avro"));
    await fixture.writeFile("node_modules/avro/package.json", '{"name":"avro","version":"1.0.0"}');
    await fixture.writeFile("node_modules/avro/index.js", "exports.x = 'a'; exports.parse = 'vro';");
    const run = await bundleAll(fixture.path, [functionOf("api")]);
    expect(await invoke(one(run), "avro")).toBe("avro");
  });

  it("is an error where it is needed at once, for that function alone", async () => {
    await using fixture = await createFixture(files(AT_ONCE));
    const { run, outcomes } = await settleAll(fixture.path, functions);
    expect(run.artifacts.map((artifact) => artifact.function)).toEqual(["good"]);
    expect(outcomes[0]).toMatchObject({
      reason: {
        problems: [{ code: "SLUICE_IMPORT_UNRESOLVED", where: "node_modules/formats/avro.js:1:29" }],
      },
    });
    expect(run.notices).toEqual([]);
  });
});
