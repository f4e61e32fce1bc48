import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import type { Ran } from "./run-process.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";
import { createStub, type Place } from "./stub-function.ts";

const ACCOUNT = "111111111111";
let emulator: Emulator;
const repositories: FunctionRepository[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.stop());
afterEach(async () => {
  for (const repository of repositories.splice(0)) await repository.dispose();
});

const place = (): Place => ({ endpoint: emulator.endpoint, account: ACCOUNT, region: "eu-west-1" });

async function make(files: Readonly<Record<string, string>>, branch?: string): Promise<FunctionRepository> {
  const repository = await createRepository(
    { "package.json": '{"version":"1.0.0","type":"module"}', ...files },
    branch,
  );
  repositories.push(repository);
  return repository;
}

function run(
  repository: FunctionRepository,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const variables = {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
  };
  return sluice(repository.path, args, jobEnvironment(repository.home, { ...variables, ...env }));
}

const HANDLER =
  "export const handler = async (event) => { console.log('seen', event.a); if (event.fail) throw new Error('no'); return event; };\n";
const config = (environment: object = {}): string =>
  JSON.stringify({
    functions: { echo: "src/echo.js" },
    environments: { dev: { region: "eu-west-1", account: ACCOUNT, name: "{function}-dev", ...environment } },
  });

describe("sluice init", () => {
  it("writes a configuration for the handlers that it finds, which builds", async () => {
    const repository = await make({
      "src/orders.ts": "export const handler = async (): Promise<number> => 1;\n",
      "src/users/index.js": "async function handler() {}\nexport { handler };\n",
      "src/helper.ts": "export const help = 1;\n",
      "src/orders.test.ts": "export const handler = 1;\n",
      "node_modules/x/index.js": "exports.handler = 1;\n",
    });
    const made = await run(repository, ["init", "--json"]);
    expect(JSON.parse(made.stdout)).toMatchObject({
      functions: { orders: "src/orders.ts", users: "src/users/index.js" },
    });
    const built = await run(repository, ["build", "--json"]);
    expect([built.exitCode, built.stderr]).toEqual([0, expect.stringContaining("built")]);
  });

  it("overwrites nothing, unless told to", async () => {
    const repository = await make({
      "src/a.ts": "export const handler = 1;\n",
      "sluice.config.ts": "// mine\n",
    });
    const refused = await run(repository, ["init", "--json"]);
    expect([refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([2, "SLUICE_CONFIG_EXISTS"]);
    expect(await readFile(join(repository.path, "sluice.config.ts"), "utf8")).toBe("// mine\n");
    expect((await run(repository, ["init", "--yes"])).exitCode).toBe(0);
  });
});

describe("sluice build", () => {
  it("gives the contract's document, and takes the second time from the cache", async () => {
    const repository = await make({ "sluice.config.json": config(), "src/echo.js": HANDLER });
    const documents = [];
    for (let time = 0; time < 2; time += 1)
      documents.push(JSON.parse((await run(repository, ["build", "--json"])).stdout));
    const [first, second] = documents;
    expect(first).toEqual({
      schema: 1,
      artifacts: [
        {
          function: "echo",
          path: join(repository.path, ".sluice/artifacts/echo.zip"),
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          sizeBytes: expect.any(Number),
          cached: false,
        },
      ],
    });
    expect(second.artifacts[0]).toEqual({ ...first.artifacts[0], cached: true });
    expect((await stat(first.artifacts[0].path)).size).toBe(first.artifacts[0].sizeBytes);
  });
});

describe("sluice environment", () => {
  it.each([
    ["develop", "dev\n", "dev"],
    ["feature/x", "", null],
  ])("on %s prints what a script needs", async (branch, stdout, environment) => {
    const repository = await make({ "sluice.config.json": config(), "src/echo.js": HANDLER }, branch);
    expect((await run(repository, ["environment"])).stdout).toBe(stdout);
    const document = JSON.parse((await run(repository, ["environment", "--json"])).stdout);
    expect(document).toMatchObject({ schema: 1, branch, environment });
    expect(document.reason).toContain(branch);
  });

  it("believes --branch before CI, and CI before git", async () => {
    const repository = await make({ "sluice.config.json": config(), "src/echo.js": HANDLER }, "main");
    await repository.git("checkout", "--quiet", "--detach");
    const commit = await repository.git("rev-parse", "HEAD");
    const gitlab = {
      GITLAB_CI: "true",
      CI: "true",
      CI_COMMIT_SHA: commit,
      CI_COMMIT_REF_NAME: "develop",
      CI_COMMIT_BRANCH: "develop",
    };
    expect((await run(repository, ["environment"], gitlab)).stdout).toBe("dev\n");
    const named = JSON.parse(
      (await run(repository, ["environment", "--json", "--branch", "main"], gitlab)).stdout,
    );
    expect(named).toMatchObject({ branch: "main", environment: null });
    expect(named.reason).toContain("prod");
  });
});

describe("sluice invoke", () => {
  it("prints the result, shows the log, and exits with 4 on a function error", async () => {
    const repository = await make({
      "sluice.config.json": config({ alias: "live" }),
      "src/echo.js": HANDLER,
      "event.json": '{"a":"from a file"}',
    });
    await createStub(place(), "echo-dev", { alias: "live" });
    expect((await run(repository, ["deploy"])).exitCode).toBe(0);
    const good = await run(repository, ["invoke", "echo", "--payload", '{"a":1}']);
    expect([good.exitCode, JSON.parse(good.stdout)]).toEqual([0, { a: 1 }]);
    expect(good.stderr).toContain("seen 1");
    const file = await run(repository, ["invoke", "echo", "--payload", "@event.json"]);
    expect(JSON.parse(file.stdout)).toEqual({ a: "from a file" });
    const failed = await run(repository, ["invoke", "echo", "--payload", '{"fail":true}']);
    expect(failed.exitCode).toBe(4);
    expect(failed.stderr).toContain("SLUICE_FUNCTION_ERROR");
    const wrong = await run(repository, ["invoke", "echo", "--payload", "{"]);
    expect([wrong.exitCode, wrong.stdout]).toEqual([2, ""]);
  });

  it("says so when the function is not there", async () => {
    const repository = await make({
      "sluice.config.json": config({ name: "{function}-nowhere" }),
      "src/echo.js": HANDLER,
    });
    const ran = await run(repository, ["invoke", "echo", "--json"]);
    expect(ran.exitCode).not.toBe(0);
    expect(JSON.parse(ran.stdout).error.message).toContain("ResourceNotFoundException");
  });
});

describe("sluice doctor", () => {
  interface Findings {
    readonly findings: readonly {
      readonly check: string;
      readonly status: string;
      readonly detail: string;
    }[];
  }
  const statuses = (ran: Ran) =>
    Object.fromEntries(
      (JSON.parse(ran.stdout) as Findings).findings.map((each) => [each.check, each.status]),
    );

  it("finds nothing wrong where nothing is", async () => {
    const repository = await make({
      "sluice.config.json": config({ name: "{function}-doctor" }),
      "src/echo.js": HANDLER,
    });
    await createStub(place(), "echo-doctor");
    const ran = await run(repository, ["doctor", "--json"]);
    expect([ran.exitCode, statuses(ran)]).toEqual([
      0,
      {
        "Node.js": "ok",
        esbuild: "ok",
        git: "ok",
        configuration: "ok",
        environment: "ok",
        "dev credentials": "ok",
        "dev functions": "ok",
      },
    ]);
  });

  it("says when the branch deploys nowhere", async () => {
    const repository = await make({ "sluice.config.json": config(), "src/echo.js": HANDLER });
    const ran = await run(repository, ["doctor", "--branch", "feature/x", "--json"]);
    expect(statuses(ran)["environment"]).toBe("warning");
    expect(ran.stderr).toContain("feature/x matches no rule");
    expect(ran.stderr).toMatch(/see the \d+ warning/);
  });

  it("looks at what is configured beside the functions, and writes nothing", async () => {
    const more = {
      name: "{function}-beside",
      alias: "live",
      store: "s3://no-such-bucket/team",
      traffic: { canary: 10, bake: "1m", alarms: ["{function}-errors"] },
      test: { http: "/health" },
    };
    const repository = await make({ "sluice.config.json": config(more), "src/echo.js": HANDLER });
    await createStub(place(), "echo-beside");
    const ran = await run(repository, ["doctor", "--json"]);
    const { findings } = JSON.parse(ran.stdout) as Findings;
    const of = (check: string) =>
      findings.filter((each) => each.check === check).map(({ status, detail }) => `${status}: ${detail}`);
    expect(ran.exitCode).toBe(2);
    expect(of("dev store")).toEqual([expect.stringMatching(/^problem: .*no bucket no-such-bucket/)]);
    expect(of("dev alarms")).toEqual([expect.stringMatching(/^problem: .*"echo-errors"/)]);
    expect(of("dev tests")).toEqual([expect.stringMatching(/^problem: .*no function URL/)]);
    await repository.write("sluice.config.json", config({ ...more, store: ".sluice/store" }));
    const found = await run(repository, ["doctor", "--json"]);
    expect(statuses(found)).toMatchObject({ "dev store": "ok", "dev functions": "warning" });
    expect(found.stderr).toContain("has no alias live");
  });

  it("says what is wrong, and exits with 2", async () => {
    const repository = await make({
      "sluice.config.json": config({ account: "222222222222", name: "{function}-x" }),
      "src/echo.js": HANDLER,
    });
    const ran = await run(repository, ["doctor", "--json"]);
    expect([ran.exitCode, statuses(ran)["dev credentials"]]).toEqual([2, "problem"]);
    await repository.write("sluice.config.json", '{"functoins":{}}');
    const broken = await run(repository, ["doctor", "--json"]);
    expect([broken.exitCode, statuses(broken)["configuration"], statuses(broken)["git"]]).toEqual([
      2,
      "problem",
      "warning",
    ]);
  });
});
