import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import type { Ran } from "./run-process.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";

const ACCOUNT = "111111111111";
let emulator: Emulator;
let repository: FunctionRepository;

/** Text that does not compress, so that sizes are known; the same in every run. */
function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state % 36).toString(36);
  }).join("");
}

const CONFIG = {
  functions: {
    orders: { entry: "src/orders.ts", maxSize: 5000 },
    stock: { entry: "src/stock.ts", maxSize: "1 MB" },
  },
  bundle: { sourcemap: false, importCheck: false },
  environments: { dev: { region: "eu-west-1", account: ACCOUNT } },
};

const FILES = {
  "package.json": '{"version":"1.0.0","type":"module"}',
  "sluice.config.json": JSON.stringify(CONFIG),
  ".gitignore": ".sluice/\n",
  "src/orders.ts":
    'import { left } from "left"; import deep from "deep"; export const handler = async (): Promise<unknown> => [left, deep];\n',
  "src/stock.ts": "export const handler = async (): Promise<number> => 1;\n",
  "node_modules/left/package.json": '{"name":"left","version":"1.0.0","main":"index.js"}',
  "node_modules/left/index.js": 'exports.left = require("deep");\n',
  "node_modules/left/node_modules/deep/package.json": '{"name":"deep","version":"2.0.0","main":"index.js"}',
  "node_modules/left/node_modules/deep/index.js": `module.exports = "2${noise(6000)}";\n`,
  "node_modules/deep/package.json": '{"name":"deep","version":"1.0.0","main":"index.js"}',
  "node_modules/deep/index.js": `module.exports = "1${noise(9000)}";\n`,
};

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.stop());
afterEach(() => repository.dispose());

function run(args: readonly string[]): Promise<Ran> {
  const variables = {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
  };
  return sluice(repository.path, args, jobEnvironment(repository.home, variables));
}

interface BuildDocument {
  readonly artifacts: readonly {
    readonly function: string;
    readonly cached: boolean;
    readonly analysis: {
      readonly parts: readonly { readonly name: string; readonly version: string | null }[];
      readonly duplicates: readonly { readonly name: string; readonly copies: readonly unknown[] }[];
    };
  }[];
  readonly why: readonly { readonly function: string; readonly reasons: readonly unknown[] }[];
  readonly errors: readonly { readonly code: string; readonly where: string; readonly message: string }[];
}

describe("a budget", () => {
  it("refuses a zip that is over it, built or unchanged, and leaves it to be looked into", async () => {
    repository = await createRepository(FILES);
    for (const cached of [false, true]) {
      const ran = await run(["build", "--analyze", "--json"]);
      expect(ran.exitCode, ran.stderr).toBe(3);
      const document = JSON.parse(ran.stdout) as BuildDocument;
      expect(document.artifacts.map((artifact) => artifact.cached)).toEqual([cached, cached]);
      expect(document.errors.map(({ code, where }) => [code, where])).toEqual([
        ["SLUICE_SIZE_BUDGET", "functions.orders.maxSize"],
      ]);
      expect(document.errors[0]?.message).toMatch(
        / kB of 5\.0 kB\. Its biggest parts, zipped: deep@1\.0\.0 \(/,
      );
    }
    expect((await run(["build", "stock"])).exitCode).toBe(0);
  });

  it("keeps plan and deploy from an environment, and a branch without one from passing", async () => {
    repository = await createRepository(FILES);
    for (const command of ["plan", "deploy"]) {
      const ran = await run([command, "--json"]);
      expect(ran.exitCode, ran.stderr).toBe(3);
      expect(JSON.parse(ran.stdout).error.code).toBe("SLUICE_SIZE_BUDGET");
    }
    const elsewhere = await run(["deploy", "--branch", "feature/x"]);
    expect(elsewhere.exitCode, elsewhere.stderr).toBe(3);
    expect(elsewhere.stderr).toContain("sluice build --analyze orders");
  });
});

describe("sluice build --analyze", () => {
  it("shows parts and duplicates, and writes a page", async () => {
    repository = await createRepository(FILES);
    const ran = await run(["build", "--analyze"]);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toMatch(/deep@1\.0\.0 +\d\.\d kB +9\.\d kB +\d+ % {2}█/);
    expect(ran.stderr).toMatch(/deep is here 2 times; with one of them the zip is \d\.\d kB\s+smaller/);
    expect(ran.stderr).toContain("by src/orders.ts → left@1.0.0");
    for (const line of ran.stderr.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
    const page = await readFile(join(repository.path, ".sluice", "analysis.html"), "utf8");
    expect(page).toContain("deep@2.0.0");
    const again = await run(["build", "--analyze"]);
    expect(again.stderr).toContain("unchanged");
    expect(await readFile(join(repository.path, ".sluice", "analysis.html"), "utf8")).toBe(page);
  });

  it("adds the analyses to the document of build --json", async () => {
    repository = await createRepository(FILES);
    const document = JSON.parse((await run(["build", "--analyze", "--json"])).stdout) as BuildDocument;
    const [orders, stock] = document.artifacts.map(({ analysis }) => analysis);
    expect(orders?.parts.map(({ name, version }) => [name, version])).toEqual(
      expect.arrayContaining([
        ["deep", "1.0.0"],
        ["deep", "2.0.0"],
        ["left", "1.0.0"],
        ["src", null],
      ]),
    );
    expect(orders?.duplicates.map(({ name, copies }) => [name, copies.length])).toEqual([["deep", 2]]);
    expect(stock?.duplicates).toEqual([]);
  });
});

describe("sluice build --why", () => {
  it("prints the import chains, and says where a thing is not", async () => {
    repository = await createRepository(FILES);
    const ran = await run(["build", "--why", "deep@2.0.0"]);
    expect(ran.stderr).toMatch(
      / {4}src\/orders\.ts\n {4}└ imports left\/index\.js\n {4}└ requires deep\/index\.js\n/,
    );
    expect(ran.stderr).toContain("stock  not in it");
    const { why } = JSON.parse((await run(["build", "--why", "deep", "--json"])).stdout) as BuildDocument;
    expect(why.map((each) => [each.function, each.reasons.length])).toEqual([
      ["orders", 2],
      ["stock", 0],
    ]);
  });

  it("names what may be meant", async () => {
    repository = await createRepository(FILES);
    const ran = await run(["build", "--why", "lef"]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/SLUICE_NOT_INSIDE[\s\S]*Did you mean left\?/);
  });
});
