import { cpSync, mkdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "@sluice/core";
import { elf, testContext } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, unpacked } from "./testing/bundle.ts";
import { type ResolverScene, startScene } from "./testing/resolver-scene.ts";
import { makeWheel } from "./testing/wheels.ts";

const library = (architecture: "x86_64" | "arm64") => Buffer.concat([elf(architecture), Buffer.alloc(200)]);
const packages = [
  makeWheel({
    name: "shapes",
    version: "2.1",
    metadata: ["Requires-Dist: colours>=1", "License-Expression: MIT"],
    files: {
      "shapes/__init__.py": "import colours\nNAME = 'shapes'\n".repeat(40),
      "shapes/tests/test_shapes.py": "import shapes\n",
      "shapes/view.pyi": "NAME: str\n",
    },
  }),
  makeWheel({ name: "colours", version: "1.0", files: { "colours.py": "RED = 1\n" } }),
  ...(["x86_64", "aarch64"] as const).map((machine) =>
    makeWheel({
      name: "native",
      tag: `cp313-cp313-manylinux_2_28_${machine}`,
      files: { "native.so": library(machine === "x86_64" ? "x86_64" : "arm64") },
    }),
  ),
  makeWheel({
    name: "liar",
    tag: "cp313-cp313-manylinux_2_28_aarch64",
    files: { "liar.so": library("x86_64") },
  }),
];

let scene: ResolverScene;
beforeAll(async () => {
  scene = await startScene({ packages });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

const REPOSITORY = {
  "src/orders/__init__.py": "",
  "src/orders/app.py":
    "import shapes\nfrom orders import prices\n\n\ndef lambda_handler(event, context):\n    return prices.VAT\n",
  "src/orders/prices.py": "VAT = 20\n",
  "src/orders/unused.py": "1 / 0\n",
  "src/orders/mail.txt": "Dear customer",
  "requirements.txt": "shapes==2.1\n",
};
const CONFIG: Config = {
  functions: { orders: { entry: "orders.app:lambda_handler", architecture: "arm64" } },
  bundle: { importCheck: false },
};
const INSIDE = [
  ...["colours-1.0.dist-info/METADATA", "colours-1.0.dist-info/top_level.txt", "colours.py"],
  ...["orders/__init__.py", "orders/app.py", "orders/mail.txt", "orders/prices.py"],
  ...["shapes-2.1.dist-info/METADATA", "shapes-2.1.dist-info/top_level.txt", "shapes/__init__.py"],
];

let count = 0;
/** A repository of its own in the scene, and what bundles it there. */
async function repository(files: Readonly<Record<string, string>> = REPOSITORY, name = `r${++count}`) {
  const root = join(scene.root, name);
  mkdirSync(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) await scene.write(`${name}/${path}`, text);
  const build = (config: Config = CONFIG, env: Record<string, string> = {}) => {
    const { context } = scene.run({ env: { ...env, SLUICE_CACHE: scene.fixture.getPath(`home-${name}`) } });
    return bundle(config, { ...testContext({ cwd: root, env: context.env }) });
  };
  const write = (path: string, text: string) => scene.write(`${name}/${path}`, text);
  return { root, build, write };
}

const digestOf = (run: Awaited<ReturnType<typeof bundle>>): string => {
  expect(run.problems).toEqual([]);
  return run.artifacts[0]?.manifest.digest ?? "none";
};

describe("a Python function", { timeout: 120_000 }, () => {
  it("is packed with what it reaches and what it depends on", async () => {
    const { build } = await repository();
    const run = await build();
    expect(digestOf(run)).toMatch(/^sha256:/);
    const [artifact] = run.artifacts;
    expect(artifact?.manifest).toMatchObject({
      ...{ runtime: "python3.13", architecture: "arm64", handler: "orders.app.lambda_handler" },
      ...{ compatibleRuntimes: ["python3.13"], compatibleArchitectures: ["arm64"] },
    });
    const files = unpacked(artifact);
    expect(Object.keys(files)).toEqual(INSIDE);
    expect(files["orders/app.py"]).toBe(REPOSITORY["src/orders/app.py"]);
    const inventory = join(artifact?.path ?? "", "../../cache/orders.inventory.json");
    expect(JSON.parse(readFileSync(inventory, "utf8"))).toMatchObject({
      packages: [
        { name: "colours", version: "1.0", license: null, ecosystem: "pypi", places: expect.anything() },
        { name: "shapes", version: "2.1", license: "MIT", requires: ["colours>=1"] },
      ],
    });
  });

  it("has the same digest on another path, at another time, by another resolver and from a lock", async () => {
    const first = digestOf(await (await repository()).build());
    const other = await repository(REPOSITORY, "another/place with spaces");
    for (const path of Object.keys(REPOSITORY)) utimesSync(join(other.root, path), 1, 1);
    const env = {
      TZ: "Asia/Tokyo",
      LC_ALL: "tr_TR.UTF-8",
      SLUICE_PYTHON_INSTALLER: "pip",
      PIP_INDEX_URL: scene.index.url,
    };
    expect(digestOf(await other.build(CONFIG, env))).toBe(first);
    const { "requirements.txt": _, ...sources } = REPOSITORY;
    const sums = packages.slice(0, 2).map(({ filename, sha256 }) => {
      const [name, version] = filename.split("-");
      const wheel = `{ url = "${scene.index.fileUrl(filename)}", hashes = { sha256 = "${sha256}" } }`;
      return `[[packages]]\nname = "${name}"\nversion = "${version}"\nwheels = [${wheel}]\n`;
    });
    const pylock = `lock-version = "1.0"\ncreated-by = "test"\n${sums.join("\n")}`;
    const locked = await repository({ ...sources, "pylock.toml": pylock });
    expect(digestOf(await locked.build())).toBe(first);
  });

  it("is not built again when nothing has changed, and asks nobody", async () => {
    const { build, write, root } = await repository();
    const first = digestOf(await build());
    const before = scene.index.requests.length;
    // Nothing of the resolver is there any more.
    const again = await build(CONFIG, { SLUICE_UV: "/nowhere/uv" });
    expect(again.artifacts).toMatchObject([{ cached: true, manifest: { digest: first } }]);
    await write("src/orders/app.py", `${REPOSITORY["src/orders/app.py"]}\n`);
    const changed = await build(CONFIG, { SLUICE_UV: "/nowhere/uv" });
    expect(changed.artifacts).toMatchObject([{ cached: false }]);
    expect(digestOf(changed)).not.toBe(first);
    expect(scene.index.requests.length).toBe(before);
    await write("src/orders/app.py", REPOSITORY["src/orders/app.py"]);
    expect((await build()).artifacts).toMatchObject([{ cached: true, manifest: { digest: first } }]);
    rmSync(join(root, ".sluice/artifacts"), { recursive: true });
    expect((await build()).artifacts).toMatchObject([{ cached: true, manifest: { digest: first } }]);
  });

  it("takes no notice of what the handler does not reach", async () => {
    const { build, write } = await repository();
    const first = digestOf(await build());
    await write("src/orders/unused.py", "2 / 0\n");
    await write("src/orders/another.py", "3 / 0\n");
    await write("README.md", "# Orders\n");
    expect(digestOf(await build())).toBe(first);
  });

  it.each<[string, string, string]>([
    ["a source that is imported", "src/orders/prices.py", "VAT = 21\n"],
    ["a data file", "src/orders/mail.txt", "Dear customers"],
    ["a new data file", "src/orders/second.txt", "Dear customer"],
    ["the requirements", "requirements.txt", "shapes==2.1\nnative\n"],
    [
      "a lock that goes before them",
      "pylock.toml",
      'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n',
    ],
  ])("is built again after a change of %s", async (_what, path, text) => {
    const { build, write } = await repository({
      ...REPOSITORY,
      "src/orders/app.py":
        "from orders import prices\n\ndef lambda_handler(event, context):\n    return prices\n",
    });
    const first = digestOf(await build());
    await write(path, text);
    expect(digestOf(await build())).not.toBe(first);
  });

  it("is built again when requirements appear where there were none", async () => {
    const { "requirements.txt": requirements, ...sources } = REPOSITORY;
    const { build, write } = await repository({
      ...sources,
      "src/orders/app.py": "def lambda_handler(e, c): ...\n",
    });
    const first = digestOf(await build());
    await write("requirements.txt", requirements);
    expect(digestOf(await build())).not.toBe(first);
  });

  it("gets the wheels of its machine", async () => {
    const { build } = await repository({ ...REPOSITORY, "requirements.txt": "shapes\nnative\n" });
    const functions = {
      arm: { entry: "orders.app:lambda_handler", architecture: "arm64" as const },
      intel: { entry: "orders.app:lambda_handler", architecture: "x86_64" as const },
    };
    const { artifacts, notices } = await build({ ...CONFIG, functions });
    expect(artifacts.map((each) => unpacked(each)["native.so"]?.charCodeAt(18))).toEqual([0xfffd, 62]);
    expect(artifacts.map(({ manifest }) => manifest.architecture)).toEqual(["arm64", "x86_64"]);
    expect(notices.filter((each) => each.includes("does not fix the version of"))).toHaveLength(1);
  });

  it.each<
    [string, Record<string, string>, Partial<NonNullable<Config["functions"]>[string] & object>, object]
  >([
    [
      "machine code for another machine than the wheel's name says",
      { "requirements.txt": "shapes\nliar\n" },
      {},
      {
        code: "SLUICE_PYTHON_MACHINE_CODE",
        message: expect.stringContaining("liar.so, of liar, is built for x86_64"),
      },
    ],
    [
      "an own file in the place of a package's",
      {
        "src/colours.py": "RED = 2\n",
        "src/orders/app.py": "import colours, shapes\ndef lambda_handler(e, c): ...\n",
      },
      {},
      { code: "SLUICE_PYTHON_FILE_CLASH", message: expect.stringContaining("colours.py") },
    ],
    [
      "an import that nothing gives",
      { "src/orders/app.py": "import yaml\ndef lambda_handler(e, c): ...\n" },
      { importCheck: true },
      {
        code: "SLUICE_PYTHON_IMPORT_UNRESOLVED",
        hint: expect.stringContaining("PyYAML to requirements.txt"),
      },
    ],
    [
      "a handler string that means another function of the module",
      {},
      { handler: "orders.app.main" },
      { code: "SLUICE_PYTHON_HANDLER_SHADOWED" },
    ],
    [
      "requirements that nobody has",
      { "requirements.txt": "shapes==9\n" },
      {},
      { message: expect.stringContaining("shapes") },
    ],
  ])("is refused with %s, and nothing is written", async (_what, files, overrides, problem) => {
    const { build, root } = await repository({ ...REPOSITORY, ...files });
    const fn = { entry: "orders.app:lambda_handler", architecture: "arm64" as const, ...overrides };
    const { problems, artifacts } = await build({ ...CONFIG, functions: { orders: fn } });
    expect(artifacts).toEqual([]);
    expect(problems).toMatchObject([problem]);
    expect(() => readFileSync(join(root, ".sluice/artifacts/orders.zip"))).toThrow(/ENOENT/);
  });

  it("has a module of its own for another handler string, licences on request, and assets", async () => {
    const { build } = await repository({ ...REPOSITORY, "fonts/a.ttf": "font" });
    const orders = {
      entry: "src/orders/app.py",
      assets: ["fonts/*"],
      licenses: true,
      architecture: "arm64" as const,
    };
    const run = await build({ ...CONFIG, functions: { orders } });
    expect(digestOf(run)).toMatch(/^sha256:/);
    const files = unpacked(run.artifacts[0]);
    expect(files["index.py"]).toBe("from orders.app import lambda_handler as handler\n");
    expect(Object.keys(files)).toEqual(expect.arrayContaining(["fonts/a.ttf", "THIRD-PARTY-LICENSES.txt"]));
    expect(files["THIRD-PARTY-LICENSES.txt"]).toContain("shapes 2.1 (MIT)");
  });

  it("is the same in a copy of the repository with its cache", async () => {
    const { build, root } = await repository();
    const first = digestOf(await build());
    const copy = await repository({}, "copied");
    cpSync(root, copy.root, { recursive: true });
    const run = await copy.build(CONFIG, { SLUICE_UV: "/nowhere/uv" });
    expect(run.artifacts).toMatchObject([{ manifest: { digest: first } }]);
  });
});
