import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { functionOf, problemsOf, settleAll } from "../testing/repository.ts";

async function problems(files: Record<string, string>, overrides: Parameters<typeof functionOf>[1] = {}) {
  await using fixture = await createFixture(files);
  return await problemsOf(fixture.path, functionOf("a", overrides));
}

describe("what cannot be bundled", () => {
  it("names an entry that is missing, and what may be meant", async () => {
    const [problem] = await problems({ "src/a.mts": "" });
    expect(problem).toMatchObject({
      code: "SLUICE_ENTRY_NOT_FOUND",
      kind: "usage",
      where: "functions.a.entry",
    });
    expect(problem?.hint).toContain("src/a.mts");
  });

  it("takes a folder for no module", async () => {
    const [problem] = await problems({ "src/a.ts/index.ts": "" });
    expect(problem).toMatchObject({
      code: "SLUICE_ENTRY_NOT_FOUND",
      message: expect.stringContaining("not a file"),
    });
  });

  it("places a syntax error", async () => {
    const found = await problems({ "src/a.ts": "export const handler = () => {\n  return 1 +;\n};" });
    expect(found).toMatchObject([{ code: "SLUICE_SYNTAX_ERROR", where: "src/a.ts:2:13" }]);
  });

  it("names the exports there are when the handler is not one", async () => {
    const found = await problems({ "src/a.ts": "export const create = 1; export const remove = 2;" });
    expect(found).toMatchObject([
      {
        code: "SLUICE_HANDLER_NOT_EXPORTED",
        where: "src/a.ts",
        message: expect.stringContaining("create, remove"),
      },
    ]);
    expect(found[0]?.hint).toContain("src/a.ts#create");
  });

  it("says so when nothing is exported at all", async () => {
    const found = await problems({ "src/a.ts": "const handler = 1; console.log(handler);" });
    expect(found).toMatchObject([
      { code: "SLUICE_HANDLER_NOT_EXPORTED", message: expect.stringContaining("nothing") },
    ]);
  });

  it("shows every unresolved import at once, with the way from the entry", async () => {
    const found = await problems({
      "src/a.ts": "import './lib/b.ts'; import 'left-pad'; export const handler = () => 1;",
      "src/lib/b.ts": "import './c.ts';",
      "src/lib/c.ts":
        "import '@scope/pkg/deep';\nimport './gone.ts';\nimport S3 from 'aws-sdk/clients/s3'; S3;",
    });
    expect(found.map(({ code }) => code).sort()).toEqual([
      "SLUICE_AWS_SDK_V2",
      ...Array(3).fill("SLUICE_IMPORT_UNRESOLVED"),
    ]);
    const by = (text: string) => found.find((problem) => problem.message.includes(text));
    expect(by("left-pad")).toMatchObject({
      where: "src/a.ts:1:29",
      hint: expect.stringContaining("npm install left-pad"),
    });
    expect(by("@scope/pkg/deep")?.message).toContain("src/a.ts → src/lib/b.ts → src/lib/c.ts");
    expect(by("@scope/pkg/deep")?.hint).toContain("npm install @scope/pkg)");
    expect(by("gone.ts")?.where).toBe("src/lib/c.ts:2:8");
    expect(by("aws-sdk/clients/s3")?.message).toMatch(/nodejs16\.x was the last.*src\/a\.ts → src\/lib/);
    expect(found).toHaveLength(4);
  });

  it("says what to do about top-level await in CommonJS and files without a loader", async () => {
    const [tla] = await problems(
      { "src/a.ts": "await 1; export const handler = () => 1;" },
      { format: "cjs" },
    );
    expect(tla).toMatchObject({ code: "SLUICE_BUILD_FAILED", where: "src/a.ts:1:1" });
    expect(tla?.hint).toContain('format: "cjs"');
    const [loader] = await problems({
      "src/a.ts": "import x from './x.foo'; export const handler = x;",
      "src/x.foo": "",
    });
    expect(loader?.hint).toContain("loader");
  });

  it("refuses esbuild options that are Sluice's, and passes on esbuild's word on unknown ones", async () => {
    const files = { "src/a.ts": "export const handler = () => 1;" };
    const [owned] = await problems(files, { esbuild: { outfile: "x.js" } });
    expect(owned).toMatchObject({
      code: "SLUICE_ESBUILD_OPTION_OWNED",
      where: "functions.a.esbuild.outfile",
    });
    const [unknown] = await problems(files, { esbuild: { minfy: true } });
    expect(unknown).toMatchObject({ code: "SLUICE_BUILD_FAILED", message: expect.stringContaining("minfy") });
  });

  it("names the plugin that threw", async () => {
    const plugin = {
      name: "broken",
      setup: () => {
        throw new Error("no luck");
      },
    };
    const [problem] = await problems(
      { "src/a.ts": "export const handler = () => 1;" },
      { esbuild: { plugins: [plugin] } },
    );
    expect(problem?.message).toMatch(/no luck.*broken/);
  });

  it("refuses a handler string that is none, and an asset that takes the handler's place", async () => {
    const files = { "src/a.ts": "export const handler = () => 1;", "x.js": "" };
    const [handler] = await problems(files, { handler: "index" });
    expect(handler).toMatchObject({ code: "SLUICE_HANDLER_INVALID" });
    const [shadow] = await problems(files, { assets: [{ from: "x.js", to: "index.js" }] });
    expect(shadow).toMatchObject({
      code: "SLUICE_HANDLER_SHADOWED",
      message: expect.stringContaining("index.mjs"),
    });
  });

  it("fails the functions that are wrong and no other", async () => {
    await using fixture = await createFixture({
      "src/good.ts": "export const handler = () => 1;",
      "src/bad.ts": "export const handler = ;",
      "src/worse.ts": "export const x = 1;",
    });
    const functions = ["good", "bad", "worse", "gone"].map((name) => functionOf(name));
    const { run, outcomes } = await settleAll(fixture.path, functions);
    expect(run.artifacts.map((artifact) => artifact.function)).toEqual(["good"]);
    const messages = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason.message] : [],
    );
    expect(messages.map((message) => /bad|worse|gone/.exec(message)?.[0])).toEqual(["bad", "worse", "gone"]);
  });

  it("stops when the run was cancelled", async () => {
    await using fixture = await createFixture({ "src/a.ts": "export const handler = () => 1;" });
    const controller = new AbortController();
    controller.abort(new Error("cancelled"));
    const { outcomes } = await settleAll(fixture.path, [functionOf("a")], {
      context: { signal: controller.signal },
    });
    expect(outcomes).toMatchObject([{ status: "rejected", reason: { message: "cancelled" } }]);
  });
});
