import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createZip } from "@sluice/artifact";
import { openAws } from "@sluice/aws";
import type { Artifact, ResolvedEnvironment, ResolvedTest, TargetReport } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dyingDoor, type Emulated, openEmulated } from "../testing/emulated.ts";
import { deploy, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
let emulated: Emulated;

beforeAll(async () => {
  [scene, emulated] = await Promise.all([openScene(), openEmulated()]);
}, 180_000);
afterAll(async () => {
  await emulated.stop();
  await scene.dispose();
});

/** A function with this body; what it gets is `event`. */
async function zipOf(body: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(`exports.handler = async (event) => { ${body} };\n`);
  return (await createZip([{ path: "index.js", bytes }])).bytes;
}

async function provisioned(name: string, ...aliases: string[]): Promise<void> {
  await emulated.createFunction(name, await zipOf('return "old";'));
  for (const alias of aliases) await emulated.createAlias(name, alias);
}

async function run(
  name: string,
  body: string,
  tests: readonly ResolvedTest[],
  environment: Partial<ResolvedEnvironment> = {},
): Promise<TargetReport> {
  const artifact: Artifact = await scene.artifact(name, await zipOf(body));
  const input = scene.input([artifact], { alias: "live", tests, ...environment });
  const [row] = (await deploy(updateExisting(), input, emulated.context(scene.folder))).rows;
  if (row === undefined) throw new Error("no row");
  return row;
}

/** What callers of the alias get, and how many versions there are; asked of the emulator. */
async function live(name: string): Promise<{ readonly result: unknown; readonly versions: number }> {
  const { lambda } = openAws(emulated.context(scene.folder), {
    region: "eu-west-1",
    profile: null,
    role: null,
  });
  const { Payload } = await lambda.invoke({ FunctionName: name, Qualifier: "live" });
  const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName: name });
  return { result: JSON.parse(new TextDecoder().decode(Payload)), versions: Versions.length - 1 };
}

const invoke = (more: object): ResolvedTest => ({ kind: "invoke", payload: {}, timeoutSeconds: 30, ...more });
const http = (more: object): ResolvedTest => ({
  kind: "http",
  path: "/ready",
  method: "GET",
  headers: {},
  alias: null,
  expect: { statuses: [], headers: {} },
  timeoutSeconds: 30,
  ...more,
});

describe("a version that fails its test", () => {
  it("is published and not let to callers, run after run, until a good one comes", async () => {
    await provisioned("invoked", "live");
    const tests = [invoke({ payload: { n: 2 }, expect: { double: 4 } })];
    const bad = 'console.log("adding", event.n); return { double: event.n + 1 };';
    for (const calls of [{ UpdateFunctionCode: 1, Invoke: 1 }, { Invoke: 1 }]) {
      const row = await run("invoked", bad, tests);
      expect(row).toMatchObject({ outcome: "failed", version: "1", rejectedVersion: "2", apiCalls: calls });
      expect([row.error?.code, row.error?.message]).toEqual([
        "SLUICE_TEST_FAILED",
        expect.stringMatching(/\$\.double[\s\S]*expected {2}4[\s\S]*found {5}3[\s\S]*adding 2/),
      ]);
      expect(row.apiCalls).not.toHaveProperty("UpdateAlias");
      expect(await live("invoked")).toEqual({ result: "old", versions: 2 });
    }
    const row = await run("invoked", "return { double: event.n * 2, more: 1 };", tests);
    expect(row).toMatchObject({ outcome: "updated", version: "3", previousVersion: "1" });
    expect((await live("invoked")).versions).toBe(3);
  }, 60_000);

  it("is one that throws, too", async () => {
    await provisioned("throwing", "live");
    const row = await run("throwing", 'throw new TypeError("no such table");', [invoke({})]);
    expect(row.error?.message).toMatch(/function error \(Unhandled\)[\s\S]*no such table/);
    expect((await live("throwing")).result).toBe("old");
  }, 60_000);
});

describe("a test over HTTP", () => {
  const answer = (status: number): string =>
    `return { statusCode: ${status}, headers: { "content-type": "application/json" }, body: JSON.stringify({ path: event.rawPath, by: "new" }) };`;
  const wanted = {
    statuses: [200],
    headers: { "content-type": "application/json" },
    body: { path: "/ready", by: "new" },
  };

  it.each(["AWS_IAM", "NONE"] as const)(
    "asks the URL of an alias for tests, %s",
    async (authType) => {
      const name = `web-${authType}`;
      await provisioned(name, "live", "candidate");
      await emulated.createUrl(name, "candidate", authType);
      const test = http({ alias: "candidate", expect: wanted });
      const failed = await run(name, answer(500), [test]);
      expect(failed).toMatchObject({
        outcome: "failed",
        rejectedVersion: "2",
        error: { code: "SLUICE_TEST_FAILED" },
      });
      expect((await live(name)).result).toBe("old");
      const row = await run(name, answer(200), [test]);
      expect([row.outcome, row.version, row.error]).toEqual(["updated", "3", null]);
    },
    60_000,
  );

  it("asks the URL of $LATEST without one", async () => {
    await provisioned("web-latest", "live");
    await emulated.createUrl("web-latest", null);
    const row = await run("web-latest", answer(200), [http({ expect: wanted })]);
    expect([row.outcome, row.version, row.error]).toEqual(["updated", "2", null]);
  }, 60_000);

  it("says what is missing", async () => {
    await provisioned("web-none", "live");
    const row = await run("web-none", answer(200), [http({})]);
    expect([row.error?.code, row.error?.message]).toEqual([
      "SLUICE_TEST_NOT_RUN",
      expect.stringContaining("$LATEST has no function URL"),
    ]);
    expect((await live("web-none")).result).toBe("old");
  }, 60_000);
});

describe("a test by a command", () => {
  it("reaches the same place with what it is told", async () => {
    await provisioned("commanded", "live");
    // Without an SDK: the emulator asks for no signature.
    const script = [
      "const { SLUICE_TARGET: name, SLUICE_VERSION: version, AWS_REGION: region, AWS_ENDPOINT_URL: url } = process.env;",
      "const credential = process.env.SLUICE_ACCOUNT + '/20260101/' + region + '/lambda/aws4_request';",
      "const authorization = 'AWS4-HMAC-SHA256 Credential=' + credential + ', SignedHeaders=host, Signature=0';",
      "const path = '/2015-03-31/functions/' + name + '/invocations?Qualifier=' + version;",
      "const answer = await fetch(url + path, { method: 'POST', headers: { authorization }, body: '{}' });",
      "const text = await answer.text();",
      "console.log('it said', text);",
      "process.exit(text === JSON.stringify('new') ? 0 : 1);",
    ];
    await writeFile(join(scene.folder, "smoke.mjs"), script.join("\n"));
    const test: ResolvedTest = {
      kind: "command",
      command: `"${process.execPath}" smoke.mjs`,
      timeoutSeconds: 60,
    };
    const failed = await run("commanded", 'return "bad";', [test]);
    expect(failed.error?.message).toContain('it said "bad"');
    expect((await live("commanded")).result).toBe("old");
    const row = await run("commanded", 'return "new";', [test]);
    expect([row.outcome, row.error]).toEqual(["updated", null]);
    expect((await live("commanded")).result).toBe("new");
  }, 60_000);
});

describe("a run with a test that is killed at any call", () => {
  const moments = (["before", "after"] as const).flatMap((moment) =>
    [1, 2, 3, 4, 5, 6].map((k) => ({ moment, k })),
  );

  it.each(["good", "bad"])(
    "is completed by the next: %s",
    async (result) => {
      const ended = moments.map(async ({ moment, k }) => {
        const name = `killed-${result}-${moment}-${k}`;
        await provisioned(name, "live");
        const artifact = await scene.artifact(name, await zipOf(`return "${result}";`));
        const input = scene.input([artifact], { alias: "live", tests: [invoke({ expect: "good" })] });
        await deploy(updateExisting({}, dyingDoor(k, moment)), input, emulated.context(scene.folder));
        const [row] = (await deploy(updateExisting(), input, emulated.context(scene.folder))).rows;
        return [name, row?.outcome === "failed" ? row.error?.code : "live", await live(name)];
      });
      const wanted =
        result === "good"
          ? ["live", { result: "good", versions: 2 }]
          : ["SLUICE_TEST_FAILED", { result: "old", versions: 2 }];
      for (const [name, ...found] of await Promise.all(ended)) expect(found, String(name)).toEqual(wanted);
    },
    120_000,
  );
});

describe("a target without an alias", () => {
  it("fails afterwards, and says so", async () => {
    await provisioned("plain");
    const row = await run("plain", 'return "bad";', [invoke({ expect: "good" })], { alias: null });
    expect(row).toMatchObject({ outcome: "failed", version: "1", rejectedVersion: "1" });
    expect(row.error?.hint).toContain("Callers have this code already");
  }, 60_000);
});
