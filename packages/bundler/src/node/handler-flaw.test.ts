import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, problemsOf } from "../testing/repository.ts";

const ABSENT = "SLUICE_HANDLER_NOT_EXPORTED";
const VALUE = "SLUICE_HANDLER_NOT_A_FUNCTION";

describe("a handler that could not be called", () => {
  it.each([
    ["a.cjs", "module.exports = { other: 1 };", ABSENT],
    ["a.cjs", "// the handler\nmodule.exports = async () => 1;", ABSENT],
    ["a.cjs", "module.exports = function (event) { return event; };", ABSENT],
    ["a.ts", 'export { handler } from "./types";', ABSENT],
    ["a.ts", "export const handler: unknown = 42;", VALUE],
    ["a.ts", 'export const handler = "text"; // a handler', VALUE],
    ["a.ts", "export const handler = {\n  other: { deep: () => 1 },\n};", VALUE],
  ])("is refused in %s: %s", async (file, text, code) => {
    await using fixture = await createFixture({
      [`src/${file}`]: text,
      "src/types.ts": "export type handler = () => void; export type other = 1;",
    });
    for (const format of ["esm", "cjs"] as const) {
      const fn = functionOf("a", { entry: `src/${file}`, format });
      expect(await problemsOf(fixture.path, fn)).toMatchObject([{ code, where: `src/${file}` }]);
    }
  });

  it.each([
    ["a.cjs", "module.exports = { ...require('./b.cjs') };"],
    ["a.cjs", "module.exports = { ['hand' + 'ler']: () => 1 };"],
    ["a.cjs", "module.exports = require('./b.cjs');"],
    ["a.cjs", "Object.assign(exports, require('./b.cjs'));"],
    ["a.cjs", "const made = (module.exports = () => 1); made.handler = made;"],
    ["a.ts", "const text = `\nexport const handler = 42;\n`;\nexport const handler = () => text;"],
    ["a.ts", "export const handler = { make: () => () => 1 }.make();"],
    ["a.ts", 'export { handler } from "./b.cjs";'],
    ["a.ts", "export let handler: unknown = null; handler = () => 1;"],
  ])("is not taken for one in %s: %s", async (file, text) => {
    await using fixture = await createFixture({
      [`src/${file}`]: text,
      "src/b.cjs": "exports.handler = () => 1;",
    });
    for (const format of ["esm", "cjs"] as const)
      for (const minify of [true, false]) {
        const fn = functionOf("a", { entry: `src/${file}`, format, minify });
        expect((await bundleAll(fixture.path, [fn])).artifacts).toHaveLength(1);
      }
  });

  it("leads to the default export only where that is the function", async () => {
    await using fixture = await createFixture({ "src/a.ts": "export default { handler: () => 1 };" });
    const [problem] = await problemsOf(fixture.path, functionOf("a"));
    expect(problem).toMatchObject({ code: ABSENT, hint: expect.stringContaining("is the function itself") });
    const [other] = await problemsOf(fixture.path, functionOf("a", { exportName: "default" }));
    expect(other).toMatchObject({ code: VALUE, hint: expect.stringContaining("leave #default out") });
  });
});
