import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import type { Ran } from "./run-process.ts";
import { jobEnvironment, SLUICE_BIN, sluice } from "./sluice-command.ts";
import { createStub, inspect, invoke, type Place } from "./stub-function.ts";

const ACCOUNT = "111111111111";
const SLOW = 120_000;
let emulator: Emulator;
const repositories: FunctionRepository[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
}, SLOW);
afterAll(() => emulator.stop());
afterEach(async () => {
  for (const repository of repositories.splice(0)) await repository.dispose();
});

const place = (region = "eu-west-1"): Place => ({ endpoint: emulator.endpoint, account: ACCOUNT, region });

interface Config {
  readonly test?: unknown;
  readonly environment?: object;
}

/** A repository with one function, `NAME`, that is `NAME-dev` in AWS. */
async function make(
  name: string,
  code: string,
  { test, environment = {} }: Config = {},
): Promise<FunctionRepository> {
  const dev = { region: "eu-west-1", account: ACCOUNT, name: "{function}-dev", ...environment };
  const fn = { entry: "src/it.js", ...(test === undefined ? {} : { test }) };
  const repository = await createRepository({
    "package.json": '{"version":"1.0.0","type":"module"}',
    "sluice.config.json": JSON.stringify({ functions: { [name]: fn }, environments: { dev } }),
    "src/it.js": code,
  });
  repositories.push(repository);
  return repository;
}

const variables = (
  repository: FunctionRepository,
  more: Record<string, string> = {},
): Record<string, string> =>
  jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
    ...more,
  });

const run = (repository: FunctionRepository, ...args: string[]): Promise<Ran> =>
  sluice(repository.path, args, variables(repository));

const handler = (body: string): string => `export const handler = async (event) => { ${body} };\n`;

describe("sluice deploy with a test", () => {
  it(
    "exits with 4 and keeps the alias, as often as it runs, until a good version comes",
    async () => {
      await createStub(place(), "tested-dev", { alias: "live" });
      const test = [{ invoke: { n: 2 }, expect: { double: 4 } }, { command: 'test "$SLUICE_VERSION" -gt 1' }];
      const repository = await make("tested", handler("return { double: event.n };"), {
        test,
        environment: { alias: "live" },
      });
      const planned = JSON.parse((await run(repository, "plan", "--json")).stdout);
      expect(planned.targets[0].reason).toContain("2 tests");
      for (const time of [1, 2]) {
        const ran = await run(repository, "deploy", "--json", "--junit", "report.xml", "--allow-dirty");
        const [row] = JSON.parse(ran.stdout).targets;
        expect([time, ran.exitCode, row.outcome, row.version, row.rejectedVersion, row.error.code]).toEqual([
          time,
          4,
          "failed",
          "1",
          "2",
          "SLUICE_TEST_FAILED",
        ]);
        expect(await readFile(join(repository.path, "report.xml"), "utf8")).toContain(
          'type="SLUICE_TEST_FAILED"',
        );
        expect([
          await invoke(place(), "tested-dev", "live"),
          (await inspect(place(), "tested-dev")).versions,
        ]).toEqual(["stub", ["1", "2"]]);
      }
      const text = await run(repository, "deploy", "--allow-dirty");
      expect(text.stderr).toContain("1 (2 rejected)");
      expect(text.stderr).toMatch(/expected +4\n +found +2/);
      await repository.write("src/it.js", handler("return { double: event.n * 2 };"));
      await repository.commit("better");
      const good = await run(repository, "deploy", "--json", "--allow-dirty");
      expect([good.exitCode, JSON.parse(good.stdout).targets[0].version]).toEqual([0, "3"]);
      expect((await inspect(place(), "tested-dev", "live")).version).toBe("3");
    },
    SLOW,
  );

  it(
    "moves the alias untested with --skip-test, and says so",
    async () => {
      await createStub(place(), "untested-dev", { alias: "live" });
      const repository = await make("untested", handler("return 1;"), {
        test: { invoke: {}, expect: 2 },
        environment: { alias: "live" },
      });
      const ran = await run(repository, "deploy", "--json", "--skip-test");
      const [row] = JSON.parse(ran.stdout).targets;
      expect([ran.exitCode, row.outcome, row.reason]).toEqual([0, "updated", "code changed; untested"]);
    },
    SLOW,
  );
});

describe("sluice invoke", () => {
  it(
    "takes payloads line by line, and says of each what it came to",
    async () => {
      await createStub(place(), "lines-dev");
      const repository = await make("lines", handler("if (event.no) throw new Error('no'); return event.a;"));
      expect((await run(repository, "deploy")).exitCode).toBe(0);
      await repository.write("payloads.jsonl", '{"a":1}\n{"no":true}\n{"a":3}\n');
      const ran = await run(repository, "invoke", "lines", "--payload", "@payloads.jsonl");
      const [first, second, third] = ran.stdout.trim().split("\n");
      expect([ran.exitCode, first, JSON.parse(second ?? "").errorMessage, third]).toEqual([
        4,
        "1",
        "no",
        "3",
      ]);
      const json = JSON.parse(
        (await run(repository, "invoke", "lines", "--payload", '{"a":7}', "--json")).stdout,
      );
      expect(json).toMatchObject({
        function: "lines",
        functionError: null,
        payload: 7,
        report: null,
        statusCode: 200,
      });
      const later = await run(repository, "invoke", "lines", "--async", "--json");
      expect([later.exitCode, JSON.parse(later.stdout)]).toMatchObject([
        0,
        { statusCode: 202, payload: null },
      ]);
    },
    SLOW,
  );

  it(
    "goes to the region that is named",
    async () => {
      for (const region of ["eu-west-1", "us-east-1"]) await createStub(place(region), "regions-dev");
      const environment = { region: undefined, regions: ["eu-west-1", "us-east-1"] };
      const repository = await make("regions", handler("return process.env.AWS_REGION;"), { environment });
      expect((await run(repository, "deploy")).exitCode).toBe(0);
      expect((await run(repository, "invoke", "regions")).stdout).toBe('"eu-west-1"\n');
      expect((await run(repository, "invoke", "regions", "--region", "us-east-1")).stdout).toBe(
        '"us-east-1"\n',
      );
      const wrong = await run(repository, "invoke", "regions", "--region", "us-west-2");
      expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("eu-west-1, us-east-1")]);
    },
    SLOW,
  );
});

describe("sluice logs", () => {
  it(
    "prints what a function wrote, filtered, as text and JSON",
    async () => {
      await createStub(place(), "logged-dev");
      const repository = await make("logged", handler("console.log('hello', event.who);"));
      expect((await run(repository, "deploy")).exitCode).toBe(0);
      const before = await run(repository, "logs", "logged");
      expect([before.exitCode, before.stderr]).toEqual([
        4,
        expect.stringContaining("SLUICE_LOG_GROUP_ABSENT"),
      ]);
      for (const who of ["one", "two"])
        await run(repository, "invoke", "logged", "--payload", `{"who":"${who}"}`);
      const text = await run(repository, "logs", "logged", "--since", "5m");
      expect([text.exitCode, text.stdout]).toEqual([
        0,
        expect.stringMatching(/^\d{4}-\d\d-\d\dT.*hello one[\s\S]*hello two/m),
      ]);
      const json = JSON.parse((await run(repository, "logs", "logged", "--filter", "two", "--json")).stdout);
      expect(json.logGroup).toBe("/aws/lambda/logged-dev");
      expect(json.events.map((event: { message: string }) => event.message)).toEqual([
        expect.stringContaining("hello two"),
      ]);
      const wrong = await run(repository, "logs", "logged", "--since", "yesterday", "--json");
      expect([wrong.exitCode, JSON.parse(wrong.stdout).error.code]).toEqual([2, "SLUICE_OPTION_INVALID"]);
    },
    SLOW,
  );

  it(
    "follows until Ctrl-C, from before the first invocation on",
    async () => {
      await createStub(place(), "followed-dev");
      const repository = await make("followed", handler("console.log('hello', event.who);"));
      expect((await run(repository, "deploy")).exitCode).toBe(0);
      const child = spawn(process.execPath, [SLUICE_BIN, "logs", "followed", "--follow", "--json"], {
        cwd: repository.path,
        env: variables(repository),
        stdio: ["ignore", "pipe", "pipe"],
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      try {
        for (const who of ["one", "two"]) {
          await run(repository, "invoke", "followed", "--payload", `{"who":"${who}"}`);
          while (!stdout.includes(`hello ${who}`)) await once(child.stdout, "data");
        }
        child.kill("SIGINT");
        const [code] = await once(child, "exit");
        const events = stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line).message as string);
        expect(code).toBe(130);
        expect(events.filter((message) => message.includes("hello"))).toHaveLength(2);
        expect(stderr).not.toContain("SLUICE_INTERRUPTED");
      } finally {
        child.kill("SIGKILL");
      }
    },
    SLOW,
  );

  it(
    "ends when nobody reads any more",
    async () => {
      await createStub(place(), "piped-dev");
      const repository = await make("piped", handler("console.log('hello');"));
      expect((await run(repository, "deploy")).exitCode).toBe(0);
      await run(repository, "invoke", "piped");
      const child = spawn(process.execPath, [SLUICE_BIN, "logs", "piped", "--follow"], {
        cwd: repository.path,
        env: variables(repository),
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        await once(child.stdout, "data");
        child.stdout.destroy();
        const ended = once(child, "exit");
        await run(repository, "invoke", "piped");
        expect((await ended)[0]).toBe(0);
      } finally {
        child.kill("SIGKILL");
      }
    },
    SLOW,
  );
});
