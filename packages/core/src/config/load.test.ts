import { readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { createFixture, type FileTree } from "fs-fixture";
import { afterEach, describe, expect, it } from "vitest";
import { isSluiceError, type Problem } from "../problem.ts";
import { finishConfig, loadConfigFile } from "./load.ts";

const fixtures: { rm(): Promise<void> }[] = [];
afterEach(async () => {
  for (const fixture of fixtures.splice(0)) await fixture.rm();
});

async function folder(files: FileTree): Promise<string> {
  const fixture = await createFixture(files);
  fixtures.push(fixture);
  return fixture.path.replace(/\/$/, "");
}

async function load(files: FileTree, file?: string) {
  const cwd = await folder(files);
  const cacheFolder = join(cwd, ".sluice/cache/config");
  const loaded = await loadConfigFile({ cwd, cacheFolder, ...(file === undefined ? {} : { file }) });
  return finishConfig(loaded.config, loaded.file, cwd);
}

async function problemsOf(run: Promise<unknown>): Promise<readonly Problem[]> {
  const error = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isSluiceError(error)) throw new Error(`expected a SluiceError, got ${String(error)}`);
  return error.problems;
}

const MINIMAL = { functions: { orders: "src/orders.ts" }, environments: { dev: { region: "eu-west-1" } } };

describe("loading", () => {
  it.each([
    ["sluice.config.json", JSON.stringify(MINIMAL)],
    ["sluice.config.mjs", `export default ${JSON.stringify(MINIMAL)};`],
    ["sluice.config.js", `export default ${JSON.stringify(MINIMAL)};`],
    [
      "sluice.config.ts",
      `const region: string = "eu-west-1"; enum E { a = "src/orders.ts" }\nexport default { functions: { orders: E.a }, environments: { dev: { region } } };`,
    ],
    ["sluice.config.mts", `export default ${JSON.stringify(MINIMAL)} as const;`],
  ])("reads %s", async (name, text) => {
    const config = await load({ "package.json": '{"type":"module"}', [name]: text });
    expect(config.file).toMatch(new RegExp(`${name}$`));
    expect(config.functions.map((each) => [each.name, each.entry, each.exportName])).toEqual([
      ["orders", "src/orders.ts", "handler"],
    ]);
    expect(config.environments[0]).toMatchObject({
      name: "dev",
      regions: ["eu-west-1"],
      nameTemplate: "{function}",
    });
  });

  it("reads a configuration that is a function or a promise", async () => {
    const config = await load({
      "sluice.config.mjs": `export default async () => (${JSON.stringify(MINIMAL)});`,
    });
    expect(config.functions).toHaveLength(1);
  });

  it("says where it looked when there is none, and which when there are several", async () => {
    expect((await problemsOf(load({})))[0]).toMatchObject({ code: "SLUICE_CONFIG_NOT_FOUND", kind: "usage" });
    const several = await problemsOf(load({ "sluice.config.json": "{}", "sluice.config.ts": "" }));
    expect(several[0]?.code).toBe("SLUICE_CONFIG_AMBIGUOUS");
    expect(several[0]?.message).toContain("sluice.config.json");
  });

  it("names the file of a syntax error and of a missing default export", async () => {
    const syntax = await problemsOf(load({ "sluice.config.ts": "export default {" }));
    expect(syntax[0]).toMatchObject({ code: "SLUICE_CONFIG_UNLOADABLE" });
    expect(syntax[0]?.where).toMatch(/sluice\.config\.ts:1:17$/);
    expect((await problemsOf(load({ "sluice.config.ts": "export const a = 1;" })))[0]?.message).toContain(
      "no default export",
    );
    expect((await problemsOf(load({ "sluice.config.json": "{,}" })))[0]?.code).toBe(
      "SLUICE_CONFIG_UNLOADABLE",
    );
  });

  it("refuses --config that does not exist", async () => {
    expect((await problemsOf(load({}, "other.json")))[0]?.message).toContain("other.json");
  });
});

describe("the cache of compiled configurations", () => {
  const TS =
    'import { region } from "./region.ts";\nimport { readFileSync } from "node:fs";\nimport extra from "extra";\nexport default { functions: { a: "a.ts" }, environments: { dev: { region, profile: extra, store: readFileSync(new URL("store.txt", import.meta.url), "utf8") } } };';
  const FILES = {
    "sluice.config.ts": TS,
    "region.ts": 'export const region: string = "eu-west-1";',
    "store.txt": "artifacts",
    "node_modules/extra/package.json": '{"name":"extra","type":"module","exports":{"import":"./index.js"}}',
    "node_modules/extra/index.js": 'export default "team";',
  };
  const read = async (cwd: string, cacheFolder: string | null) => {
    const { config } = await loadConfigFile({ cwd, ...(cacheFolder === null ? {} : { cacheFolder }) });
    return config.environments?.["dev"];
  };
  const expected = { region: "eu-west-1", profile: "team", store: "artifacts" };

  it("keeps one module, which packages and files of the repository still reach", async () => {
    const cwd = await folder(FILES);
    const cache = join(cwd, ".sluice/cache");
    expect(await read(cwd, cache)).toEqual(expected);
    const kept = (await readdir(cache)).sort();
    expect(kept.map((name) => extname(name)).sort()).toEqual([".json", ".mjs"]);
    expect(await read(cwd, cache)).toEqual(expected);
    expect((await readdir(cache)).sort()).toEqual(kept);
  });

  it("notices a change of an imported file", async () => {
    const cwd = await folder(FILES);
    const cache = join(cwd, ".sluice/cache");
    await read(cwd, cache);
    await writeFile(join(cwd, "region.ts"), 'export const region = "us-east-1";');
    expect(await read(cwd, cache)).toEqual({ ...expected, region: "us-east-1" });
  });

  it("does without where it cannot write, and with a broken record", async () => {
    const cwd = await folder({ ...FILES, blocked: "a file" });
    expect(await read(cwd, join(cwd, "blocked/cache"))).toEqual(expected);
    expect(await read(cwd, null)).toEqual(expected);
    const cache = join(cwd, ".sluice/cache");
    await read(cwd, cache);
    for (const kind of [".mjs", ".json"]) {
      for (const name of await readdir(cache))
        if (extname(name) === kind) await writeFile(join(cache, name), "broken");
      expect(await read(cwd, cache)).toEqual(expected);
    }
  });

  it("finds aliased packages that are not installed", async () => {
    const cwd = await folder({
      "sluice.config.ts": 'import { functions } from "sluice";\nexport default { functions };',
      "self.mjs": 'export const functions = { a: "a.ts" };',
    });
    const { config } = await loadConfigFile({ cwd, alias: { sluice: join(cwd, "self.mjs") } });
    expect(config.functions).toEqual({ a: "a.ts" });
  });
});

describe("extends", () => {
  const base = {
    environments: { dev: { region: "eu-west-1", account: "111111111111" } },
    bundle: { minify: false },
  };

  it("lays the file over its base, key by key", async () => {
    const config = await load({
      "shared/base.json": JSON.stringify(base),
      "sluice.config.json": JSON.stringify({
        extends: "./shared/base.json",
        functions: { a: "a.ts" },
        environments: { dev: { alias: "live" }, prod: { region: "eu-west-1", account: "333333333333" } },
      }),
    });
    expect(config.environments.map((each) => [each.name, each.account, each.alias])).toEqual([
      ["dev", "111111111111", "live"],
      ["prod", "333333333333", null],
    ]);
    expect(config.functions[0]?.minify).toBe(false);
  });

  it("takes a package that exports itself for import alone", async () => {
    const config = await load({
      "node_modules/@acme/esm/package.json":
        '{"name":"@acme/esm","type":"module","exports":{".":{"import":"./i.js"}}}',
      "node_modules/@acme/esm/i.js": `export default ${JSON.stringify(base)};`,
      "sluice.config.json": JSON.stringify({ extends: "@acme/esm", functions: { a: "a.ts" } }),
    });
    expect(config.environments[0]?.account).toBe("111111111111");
  });

  it("takes a package", async () => {
    const config = await load({
      "node_modules/@acme/sluice/package.json": '{"name":"@acme/sluice","main":"index.json"}',
      "node_modules/@acme/sluice/index.json": JSON.stringify(base),
      "sluice.config.json": JSON.stringify({ extends: "@acme/sluice", functions: { a: "a.ts" } }),
    });
    expect(config.environments[0]?.account).toBe("111111111111");
  });

  it("refuses a circle, a missing file and a missing package", async () => {
    const circle = await problemsOf(
      load({
        "sluice.config.json": '{"extends":"./b.json"}',
        "b.json": '{"extends":"./sluice.config.json"}',
      }),
    );
    expect(circle[0]?.message).toContain("sluice.config.json → b.json → sluice.config.json");
    expect((await problemsOf(load({ "sluice.config.json": '{"extends":"./nowhere.json"}' })))[0]?.code).toBe(
      "SLUICE_CONFIG_NOT_FOUND",
    );
    expect(
      (await problemsOf(load({ "sluice.config.json": '{"extends":"@acme/none"}' })))[0]?.message,
    ).toContain("not installed");
  });

  it("puts own branch rules first", async () => {
    const config = await load({
      "b.json": JSON.stringify({ ...MINIMAL, branches: { main: "prod", "*": "dev" } }),
      "sluice.config.json": JSON.stringify({ extends: "./b.json", branches: { "x/*": null } }),
    });
    expect(config.branches.map((rule) => rule.pattern)).toEqual(["x/*", "main", "*"]);
  });
});

describe("problems", () => {
  it("shows every unknown key at once, each with its path and the nearest known key", async () => {
    const problems = await problemsOf(
      load({
        "sluice.config.json": JSON.stringify({
          function: {},
          functions: { a: { entry: "a.ts", handlr: "x", sourceMap: true } },
          environments: { dev: { regoin: "eu-west-1", acount: "1", zzzzzz: 1 } },
        }),
      }),
    );
    expect(problems.map((each) => [each.where, each.hint])).toEqual([
      ["sluice.config.json: functions.a.handlr", "Did you mean `handler`?"],
      ["sluice.config.json: functions.a.sourceMap", "Did you mean `sourcemap`?"],
      ["sluice.config.json: environments.dev.regoin", "Did you mean `region`?"],
      ["sluice.config.json: environments.dev.acount", "Did you mean `account`?"],
      ["sluice.config.json: environments.dev.zzzzzz", expect.stringMatching(/^Known here: account, /)],
      ["sluice.config.json: function", "Did you mean `functions`?"],
    ]);
    expect(problems.every((each) => each.kind === "usage")).toBe(true);
  });

  it("says what is wrong with a value, what it should be, and what it is", async () => {
    const problems = await problemsOf(
      load({
        "sluice.config.json": JSON.stringify({
          functions: { "a b": "a.ts", c: { entry: "", architecture: "arm" }, d: 5 },
          environments: { dev: { account: 111111111111, alias: "12", role: "admin", regions: [] } },
          concurrency: 0,
        }),
      }),
    );
    const text = problems.map((each) => `${each.where} ${each.message}`).join("\n");
    expect(problems).toHaveLength(9);
    expect(text).toContain(
      'functions.c.architecture `functions.c.architecture` must be "x86_64" or "arm64"; it is "arm".',
    );
    expect(text).toContain(
      "environments.dev.account `environments.dev.account` must be an AWS account id in quotes: twelve digits; it is 111111111111.",
    );
    expect(text).toContain("concurrency `concurrency` must be at least 1; it is 0.");
    expect(text).toContain("functions.d `functions.d` must be a path, or an object with entry; it is 5.");
    expect(text).not.toContain("Invalid");
  });

  it("refuses plugins with hooks that do not exist or are no functions", async () => {
    const plugins = 'plugins: [{ name: "p", gte() {} }, { name: "q", gate: 1 }, { gate() {} }]';
    const problems = await problemsOf(
      load({ "sluice.config.mjs": `export default { functions: { a: "a.ts" }, ${plugins} };` }),
    );
    expect(problems.map((each) => each.where)).toEqual([
      "sluice.config.mjs: plugins.0.gte",
      "sluice.config.mjs: plugins.1.gate",
      "sluice.config.mjs: plugins.2.name",
    ]);
    expect(problems[0]?.hint).toBe("Did you mean `gate`?");
  });

  it("says that a configuration which throws anything is not loadable", async () => {
    for (const thrown of ["null", "undefined", '"text"', 'new Error("boo")']) {
      expect((await problemsOf(load({ "sluice.config.mjs": `throw ${thrown};` })))[0]?.code).toBe(
        "SLUICE_CONFIG_UNLOADABLE",
      );
    }
  });

  it("refuses what this version would silently ignore", async () => {
    const problems = await problemsOf(
      load({
        "sluice.config.json": JSON.stringify({ ...MINIMAL, environments: { dev: { requires: ["sbom"] } } }),
      }),
    );
    expect(problems[0]).toMatchObject({
      code: "SLUICE_CONFIG_NOT_SUPPORTED",
      where: "sluice.config.json: environments.dev.requires",
    });
  });

  it.each([
    ["no function", { environments: {} }, "SLUICE_CONFIG_INVALID", "functions"],
    [
      "region and regions",
      { ...MINIMAL, environments: { dev: { region: "a", regions: ["b"] } } },
      "SLUICE_CONFIG_INVALID",
      "environments.dev",
    ],
    [
      "an unknown placeholder",
      { ...MINIMAL, environments: { dev: { name: "{fn}" } } },
      "SLUICE_CONFIG_INVALID",
      "environments.dev.name",
    ],
    [
      "functions that differ by case",
      { ...MINIMAL, functions: { Orders: "a.ts", orders: "b.ts" } },
      "SLUICE_CONFIG_INVALID",
      "functions.orders",
    ],
    [
      "inputs without command",
      { ...MINIMAL, functions: { a: { entry: "a.ts", inputs: ["x"] } } },
      "SLUICE_CONFIG_INVALID",
      "functions.a.inputs",
    ],
    [
      "one name for two functions",
      { functions: { a: "a.ts", b: "b.ts" }, environments: { dev: { name: "x" } } },
      "SLUICE_NAME_COLLISION",
      "environments.dev.name",
    ],
    [
      "one name in two environments",
      { ...MINIMAL, environments: { dev: { region: "r" }, prod: { region: "r" } } },
      "SLUICE_NAME_COLLISION",
      "environments.prod.name",
    ],
    [
      "a role of another account",
      {
        ...MINIMAL,
        environments: { dev: { account: "111111111111", role: "arn:aws:iam::222222222222:role/x" } },
      },
      "SLUICE_CONFIG_INVALID",
      "environments.dev.role",
    ],
  ])("refuses %s", async (_what, config, code, where) => {
    const problems = await problemsOf(load({ "sluice.config.json": JSON.stringify(config) }));
    expect(problems[0]).toMatchObject({ code, where: `sluice.config.json: ${where}` });
  });

  it.each([
    ["names that differ", { dev: { region: "r", name: "{function}-dev" }, prod: { region: "r" } }],
    ["accounts that differ", { dev: { account: "111111111111" }, prod: { account: "333333333333" } }],
    ["regions that differ", { dev: { region: "a" }, prod: { region: "b" } }],
    ["profiles that differ", { dev: { profile: "a" }, prod: { profile: "b" } }],
  ])("lets two environments share nothing because of %s", async (_what, environments) => {
    expect(
      (await load({ "sluice.config.json": JSON.stringify({ ...MINIMAL, environments }) })).environments,
    ).toHaveLength(2);
  });

  it("reports keys that stand twice beside problems of the value, each with its place", async () => {
    const json = await problemsOf(
      load({ "sluice.config.json": '{"functions":{"a":"a.ts",\n"a":"b.ts"},"functoins":{}}' }),
    );
    expect(json.map((each) => [each.code, each.where])).toEqual([
      ["SLUICE_CONFIG_UNKNOWN_KEY", "sluice.config.json: functoins"],
      ["SLUICE_CONFIG_DUPLICATE_KEY", "sluice.config.json:2:1"],
    ]);
    const typed = await problemsOf(
      load({ "sluice.config.ts": 'export default { functions: { a: "a.ts", a: "b.ts" } };' }),
    );
    expect(typed[0]).toMatchObject({ code: "SLUICE_CONFIG_DUPLICATE_KEY", where: "sluice.config.ts:1:42" });
  });
});
