import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { config, disposeAll, GOOD, make, run } from "./bad-input.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";

afterEach(disposeAll);

describe("bad input", () => {
  it.each<[string, Record<string, string>, string, RegExp]>([
    [
      "a missing entry file",
      { "sluice.config.json": config({ functions: { a: "src/none.ts" } }) },
      "SLUICE_ENTRY_NOT_FOUND",
      /src\/none\.ts/,
    ],
    [
      "a syntax error in a handler",
      { "sluice.config.json": config({ functions: { a: "a.ts" } }), "a.ts": "export const handler = (;\n" },
      "SLUICE_SYNTAX_ERROR",
      /a\.ts:1:\d+/,
    ],
    [
      "a handler that is not exported",
      { "sluice.config.json": config({ functions: { a: "a.ts" } }), "a.ts": "export const main = 1;\n" },
      "SLUICE_HANDLER_NOT_EXPORTED",
      /main/,
    ],
    [
      "an import that cannot be resolved",
      {
        "sluice.config.json": config({ functions: { a: "a.ts" } }),
        "a.ts": 'import "no-such-package";\nexport const handler = 1;\n',
      },
      "SLUICE_IMPORT_UNRESOLVED",
      /no-such-package/,
    ],
    [
      "two functions with one name",
      {
        "sluice.config.json":
          '{"functions":{"a":"a.ts","a":"b.ts"},"environments":{"dev":{"region":"eu-west-1"}}}',
        "a.ts": GOOD,
        "b.ts": GOOD,
      },
      "SLUICE_CONFIG_DUPLICATE_KEY",
      /sluice\.config\.json:1/,
    ],
    [
      "two functions with one name in TypeScript",
      {
        "sluice.config.ts": 'export default { functions: { a: "a.ts", a: "b.ts" } };',
        "a.ts": GOOD,
        "b.ts": GOOD,
      },
      "SLUICE_CONFIG_DUPLICATE_KEY",
      /sluice\.config\.ts:1:\d+/,
    ],
    [
      "a template that gives one name to two environments",
      {
        "sluice.config.json": JSON.stringify({
          functions: { a: "a.ts" },
          environments: {
            dev: { region: "eu-west-1", name: "{function}-x" },
            prod: { region: "eu-west-1", name: "{function}-x" },
          },
        }),
        "a.ts": GOOD,
      },
      "SLUICE_NAME_COLLISION",
      /environments\.prod\.name/,
    ],
    [
      "a handler that is no function",
      { "sluice.config.json": config({ functions: { a: "a.ts" } }), "a.ts": "export const handler = {};\n" },
      "SLUICE_HANDLER_NOT_A_FUNCTION",
      /handler/,
    ],
    [
      "a package that is not installed and must not be bundled",
      {
        "sluice.config.json": config({ functions: { a: { entry: "a.ts", external: ["sharp"] } } }),
        "a.ts": 'import sharp from "sharp";\nexport const handler = () => sharp();\n',
      },
      "SLUICE_EXTERNAL_NOT_INSTALLED",
      /sharp.*a\.ts:1/,
    ],
    [
      "version 2 of the AWS SDK, which no runtime has",
      {
        "sluice.config.json": config({ functions: { a: "a.ts" } }),
        "a.ts": 'import AWS from "aws-sdk";\nexport const handler = () => new AWS.S3();\n',
      },
      "SLUICE_AWS_SDK_V2",
      /aws-sdk/,
    ],
    ["no configuration", {}, "SLUICE_CONFIG_NOT_FOUND", /sluice init/],
  ])("refuses %s", async (_what, files, code, text) => {
    const failure = await run(await make(files), ["deploy"]);
    expect([failure.exitCode, failure.codes]).toEqual([2, [code]]);
    expect(`${failure.error.message} ${failure.where.join(" ")} ${failure.error.hint}`).toMatch(text);
    expect(failure.error.hint).not.toBe("");
    expect(failure.stderr).toContain(code);
  });

  it("refuses an unknown environment and an unknown function, naming the nearest", async () => {
    const repository = await make({
      "sluice.config.json": config({ functions: { orders: "a.ts" } }),
      "a.ts": GOOD,
    });
    const environment = await run(repository, ["deploy", "--environment", "dve"]);
    expect([environment.exitCode, environment.codes, environment.error.hint]).toEqual([
      2,
      ["SLUICE_UNKNOWN_ENVIRONMENT"],
      "Did you mean dev?",
    ]);
    const unknown = await run(repository, ["deploy", "order"]);
    expect([unknown.exitCode, unknown.codes, unknown.error.hint]).toEqual([
      2,
      ["SLUICE_UNKNOWN_FUNCTION"],
      "Did you mean orders?",
    ]);
  });

  it("shows the errors of all functions at once", async () => {
    const repository = await make({
      "sluice.config.json": config({ functions: { a: "a.ts", b: "b.ts", c: "c.ts" } }),
      "a.ts": "const a = ;\n",
      "b.ts": 'import "nowhere";\nexport const handler = 1;\n',
    });
    const { codes, exitCode } = await run(repository, ["build"]);
    expect(exitCode).toBe(2);
    expect([...codes].sort()).toEqual([
      "SLUICE_ENTRY_NOT_FOUND",
      "SLUICE_IMPORT_UNRESOLVED",
      "SLUICE_SYNTAX_ERROR",
    ]);
  });

  it("builds on a branch that maps nowhere, says so, and makes no call", async () => {
    const repository = await make(
      { "sluice.config.json": config({ functions: { a: "a.ts" } }), "a.ts": GOOD },
      "experiment",
    );
    const ran = await sluice(
      repository.path,
      ["deploy"],
      jobEnvironment(repository.home, { AWS_ENDPOINT_URL: "http://127.0.0.1:1" }),
    );
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toContain("experiment");
    expect(ran.stderr).toContain("nothing to deploy");
  });

  it("says so when the folder for artifacts cannot be written", async () => {
    const repository = await make({
      "sluice.config.json": config({ functions: { a: "a.ts" } }),
      "a.ts": GOOD,
    });
    // A file where the folder should be holds for root too, whom permissions do not stop.
    await writeFile(join(repository.path, ".sluice"), "");
    const { exitCode, codes, where } = await run(repository, ["build"]);
    expect([exitCode, codes]).toEqual([2, ["SLUICE_FOLDER_UNUSABLE"]]);
    expect(where[0]).toContain(".sluice");
  });

  it("refuses without a repository, and in one without commits", async () => {
    const files = { "sluice.config.json": config({ functions: { a: "a.ts" } }), "a.ts": GOOD };
    const none = await make(files);
    await none.git("update-ref", "-d", "HEAD");
    const empty = await run(none, ["deploy"]);
    expect([empty.exitCode, empty.codes[0]]).toEqual([3, "SLUICE_GIT_NO_COMMITS"]);
  });

  it("keeps the configuration's secrets out of what it says", async () => {
    const repository = await make({ "sluice.config.mjs": 'throw new Error("no " + process.env.API_TOKEN);' });
    const { stderr, error } = await run(repository, ["deploy"], { API_TOKEN: "top-secret-value" });
    expect(stderr + JSON.stringify(error)).not.toContain("top-secret-value");
    expect(error.message).toContain("[redacted]");
  });

  it.each<[string, string, number, string]>([
    ["ends the process", "process.exit(0);", 2, "SLUICE_ENDED_EARLY"],
    ["waits for ever", "await new Promise(() => {});", 2, "SLUICE_ENDED_EARLY"],
    [
      "throws in a timer",
      "setTimeout(() => { throw new Error('late'); }, 1); await new Promise((r) => setTimeout(r, 500)); export default {};",
      1,
      "SLUICE_DEFECT",
    ],
    ["throws null", "throw null;", 2, "SLUICE_CONFIG_UNLOADABLE"],
  ])("says so when the configuration %s", async (_what, text, exitCode, code) => {
    const failure = await run(await make({ "sluice.config.mjs": text }), ["deploy"]);
    expect([failure.exitCode, failure.error.code]).toEqual([exitCode, code]);
  });

  it("keeps stdout whole, and ends, whatever configuration and plugins print and start", async () => {
    const repository = await make({
      "sluice.config.mjs": `console.log("noise"); setInterval(() => process.stdout.write("more"), 50);
export default { functions: { a: "a.ts" }, plugins: [{ name: "p", report() { console.log("noise"); throw new Error("no"); } }] };`,
      "a.ts": GOOD,
    });
    const ran = await sluice(repository.path, ["deploy", "--json"], jobEnvironment(repository.home));
    expect([ran.exitCode, Object.keys(JSON.parse(ran.stdout))[0]]).toEqual([0, "schema"]);
    expect(ran.stderr).toContain("noise");
    expect(ran.stderr).toContain("The plugin p failed in its hook `report`: no");
  });

  it.each([
    [["environment", "prod"], "SLUICE_USAGE"],
    [["doctor", "extra"], "SLUICE_USAGE"],
    [["init", "--dry-run"], "SLUICE_USAGE"],
    [["invoke", "a", "--dry-run"], "SLUICE_USAGE"],
    [["verify"], "SLUICE_COMMAND_NOT_YET"],
    [["rollback", "a", "b", "--to-version", "1"], "SLUICE_UNKNOWN_FUNCTION"],
    [["rollback", "--to-digest", "abc"], "SLUICE_OPTION_INVALID"],
    [["promote"], "SLUICE_USAGE"],
    [["promote", "--from", "dev", "--to", "dev"], "SLUICE_USAGE"],
    [["promote", "--from", "nowhere", "--to", "dev"], "SLUICE_UNKNOWN_ENVIRONMENT"],
    [["status", "--html", "--json"], "SLUICE_OPTION_INVALID"],
    [["deploy", "--environment", "dev", "--environment", "prod"], "SLUICE_OPTION_INVALID"],
    [["versions", "--keep-versions", "0"], "SLUICE_OPTION_INVALID"],
    [["logs"], "SLUICE_USAGE"],
    [["logs", "a", "--since", "soon"], "SLUICE_OPTION_INVALID"],
    [["deploy", "--artifact", "none.zip"], "SLUICE_ARTIFACT_NOT_A_ZIP"],
    [["deploy", "--artifact", "a.ts"], "SLUICE_ARTIFACT_NOT_A_ZIP"],
    [["deploy", "--concurrency", "99999999999999999999"], "SLUICE_OPTION_INVALID"],
    [["local", "start", "--port", "99999"], "SLUICE_OPTION_INVALID"],
    [["local", "start", "--account", "abc"], "SLUICE_OPTION_INVALID"],
  ])("refuses `sluice %s`", async (args, code) => {
    const repository = await make({
      "sluice.config.json": config({ functions: { a: "a.ts" } }),
      "a.ts": GOOD,
    });
    const failure = await run(repository, args);
    expect([failure.exitCode, failure.error.code]).toEqual([2, code]);
  });
});
