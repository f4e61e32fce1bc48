import { describe, expect, it } from "vitest";
import { secondsOf } from "./delivery-schema.ts";
import { resolveConfig } from "./resolve.ts";
import type { Config, EnvironmentConfig, FunctionConfig } from "./types.ts";
import { validateConfig } from "./validate.ts";

const IMAGE = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/orders@sha256:${"a".repeat(64)}`;
const PLACE = { file: null, root: "/" };

const withEnvironment = (dev: EnvironmentConfig): Config => ({
  functions: { a: "src/a.ts" },
  environments: { dev },
});
const withFunction = (a: FunctionConfig): Config => ({ functions: { a } });

/** What the schema says, and then the rules. */
function problemsOf(config: unknown): readonly string[] {
  const checked = validateConfig(config, "f");
  const problems =
    checked.problems.length > 0 ? checked.problems : resolveConfig(checked.config, PLACE).problems;
  return problems.map(({ where, message }) => `${where}: ${message}`);
}

it("reads time spans", () => {
  expect([90, "30s", "1.5m", "2 h"].map(secondsOf)).toEqual([90, 30, 90, 7200]);
});

describe("tests", () => {
  it("get their defaults, those of functions and of environments", () => {
    const config: Config = {
      functions: { a: { entry: "a.ts", test: { invoke: { id: 1 }, expect: { ok: true } } }, b: "b.ts" },
      environments: {
        dev: {
          name: "{function}-dev",
          test: [{ http: "/health" }, { command: "npm run smoke", timeoutSeconds: 120 }],
        },
        prod: { test: false },
      },
    };
    expect(problemsOf(config)).toEqual([]);
    const resolved = resolveConfig(config, PLACE).config;
    expect(resolved.functions.map(({ tests }) => tests)).toEqual([
      [{ kind: "invoke", payload: { id: 1 }, expect: { ok: true }, timeoutSeconds: 30 }],
      [],
    ]);
    expect(resolved.environments).toMatchObject([
      {
        testsOff: false,
        tests: [
          {
            kind: "http",
            path: "/health",
            method: "GET",
            alias: null,
            expect: { statuses: [], headers: {} },
          },
          { kind: "command", command: "npm run smoke", timeoutSeconds: 120 },
        ],
      },
      { testsOff: true, tests: [] },
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ["a text", "npm test", /must be an object with invoke, http or command/],
    ["an unknown key", { invoke: {}, expected: 1 }, /^f: functions\.a\.test\.expected: /],
    ["a path without /", { http: "health" }, /must begin with \//],
    ["a status that is none", { http: "/", expect: { status: 20 } }, /must be an HTTP status/],
    ["an hour", { command: "x", timeoutSeconds: 3600 }, /from 1 to 900/],
    ["one wrong of two", [{ invoke: 1 }, { command: "" }], /^f: functions\.a\.test\.1\.command: /],
  ])("are refused: %s", (_what, test, message) => {
    expect(problemsOf({ functions: { a: { entry: "a.ts", test } } })).toEqual([
      expect.stringMatching(message),
    ]);
  });

  it("are refused that ask the URL of the alias which they decide about", () => {
    const http = { alias: "live" };
    expect(problemsOf(withEnvironment({ alias: "live", test: { http } }))).toHaveLength(1);
    expect(problemsOf(withEnvironment({ alias: "live", test: { http: { alias: "candidate" } } }))).toEqual(
      [],
    );
  });
});

describe("traffic", () => {
  it.each<[string, EnvironmentConfig["traffic"], object]>([
    [
      "canary",
      { canary: 10, bake: "5m", alarms: ["{target}-errors"] },
      { steps: [10], pauseSeconds: 300, alarms: ["{target}-errors"], tests: null },
    ],
    ["linear", { linear: 25, every: 30 }, { steps: [25, 50, 75], pauseSeconds: 30 }],
    ["uneven linear", { linear: 40, every: "1m" }, { steps: [40, 80], pauseSeconds: 60 }],
    ["steps with tests", { canary: 1, bake: 0, test: { invoke: {} } }, { tests: [{ kind: "invoke" }] }],
    [
      "CodeDeploy",
      { codeDeploy: { application: "orders", group: "prod" } },
      { kind: "codeDeploy", application: "orders", group: "prod", config: null },
    ],
  ])("is %s", (_what, traffic, expected) => {
    const config = withEnvironment({ alias: "live", ...(traffic === undefined ? {} : { traffic }) });
    expect(problemsOf(config)).toEqual([]);
    expect(resolveConfig(config, PLACE).config.environments[0]?.traffic).toMatchObject(expected);
  });

  it.each<[string, unknown, RegExp]>([
    ["a name", "canary", /must be an object with canary, linear or codeDeploy/],
    ["all at once", { canary: 100, bake: 1 }, /above 0 and below 100/],
    ["without a bake time", { canary: 10 }, /traffic\.bake` is needed; it is missing/],
    ["a time without unit", { canary: 10, bake: "5" }, /must be a time/],
    ["a week", { canary: 10, bake: "168h" }, /48 hours at most/],
    ["a key of another kind", { linear: 10, every: 1, bake: 2 }, /traffic\.bake/],
  ])("is refused: %s", (_what, traffic, message) => {
    const config = { functions: { a: "a.ts" }, environments: { dev: { alias: "live", traffic } } };
    expect(problemsOf(config)).toEqual([expect.stringMatching(message)]);
  });

  it("needs an alias, as creating one does", () => {
    const dev = { createAlias: true, traffic: { canary: 10, bake: 1 } };
    expect(problemsOf(withEnvironment(dev))).toEqual([
      "configuration: environments.dev.traffic: `traffic` is about an alias, and there is none.",
      "configuration: environments.dev.createAlias: `createAlias` is about an alias, and there is none.",
    ]);
  });
});

describe("promotion", () => {
  const chain = (promoteFrom: Readonly<Record<string, string>>): Config => ({
    functions: { a: "a.ts" },
    environments: Object.fromEntries(
      ["dev", "staging", "prod"].map((name) => {
        const from = promoteFrom[name];
        return [name, { name: `{function}-${name}`, ...(from === undefined ? {} : { promoteFrom: from }) }];
      }),
    ),
  });

  it("goes from one environment to the next", () => {
    expect(problemsOf(chain({ prod: "staging", staging: "dev" }))).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ["one that does not exist", { prod: "stagign" }, 1],
    ["itself", { prod: "prod" }, 1],
    ["one that comes from it", { prod: "staging", staging: "prod" }, 2],
  ])("is refused from %s", (_what, given, count) => {
    expect(problemsOf(chain(given))).toHaveLength(count);
  });
});

describe("images", () => {
  it("are named by digest", () => {
    const { config, problems } = resolveConfig(withFunction({ image: IMAGE }), PLACE);
    expect(problems).toEqual([]);
    expect(config.functions).toMatchObject([{ source: "image", entry: IMAGE }]);
    expect(problemsOf(withFunction({ image: "orders:latest" }))[0]).toContain("by digest");
  });

  it("stand alone, and a function without one has an entry", () => {
    expect(problemsOf(withFunction({ image: IMAGE, entry: "a.ts" }))).toHaveLength(1);
    expect(problemsOf(withFunction({}))).toHaveLength(1);
  });
});

it("takes keys of KMS by ARN alone", () => {
  const code = "arn:aws:kms:eu-west-1:111111111111:key/1234";
  expect(problemsOf(withEnvironment({ kms: { code } }))).toEqual([]);
  expect(problemsOf(withEnvironment({ kms: { store: "1234" } }))[0]).toContain("the ARN of a KMS key");
});

describe("names of alarms and groups, keys", () => {
  const placed = (more: EnvironmentConfig) =>
    problemsOf(withEnvironment({ region: "eu-west-1", alias: "live", ...more }));
  const key = (region: string) => `arn:aws:kms:${region}:111111111111:key/abc`;

  it("have nothing in braces that stands for nothing", () => {
    const traffic = { canary: 10, bake: "1m", alarms: ["{target}-errors", "{traget}-slow"] };
    expect(placed({ traffic })).toEqual([
      "configuration: environments.dev.traffic.alarms.1: {traget} stands for nothing in a name template.",
    ]);
    const codeDeploy = { application: "team", group: "{functoin}" };
    expect(placed({ traffic: { codeDeploy } })).toEqual([
      "configuration: environments.dev.traffic.codeDeploy.group: {functoin} stands for nothing in a name template.",
    ]);
  });

  it("are of the function's region, and for a store that is a bucket", () => {
    expect(placed({ kms: { code: key("us-east-1") } })).toEqual([expect.stringContaining("is in us-east-1")]);
    expect(placed({ kms: { store: key("eu-west-1") } })).toEqual([expect.stringContaining("no `store`")]);
    expect(placed({ store: ".store", kms: { store: key("eu-west-1") } })).toEqual([
      expect.stringContaining("is a folder"),
    ]);
    const kms = { store: key("eu-west-1"), code: key("eu-west-1") };
    expect(placed({ store: "s3://code/team", kms })).toEqual([]);
  });

  it("are shown by their keys where an object is none that is known", () => {
    const odd = { invok: {} } as unknown as NonNullable<EnvironmentConfig["test"]>;
    expect(placed({ test: odd })).toEqual([expect.stringContaining("it is an object with invok")]);
  });
});
