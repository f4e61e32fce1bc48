import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { x } from "tinyexec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import { ROOT } from "./monorepo.ts";
import { packPackages, publishedPackages, runNpm, wayToRegistry } from "./packages.ts";
import { type Ran, runProcess } from "./run-process.ts";
import { jobEnvironment } from "./sluice-command.ts";
import { createStub, invoke, type Place } from "./stub-function.ts";

const published = publishedPackages();
const ACCOUNT = "111111111111";

let emulator: Emulator;
let tarballs: string;
let repository: FunctionRepository;

beforeAll(async () => {
  emulator = await startEmulator();
  tarballs = await mkdtemp(join(tmpdir(), "sluice-tarballs-"));
  await packPackages(tarballs);
  repository = await createRepository({
    "package.json": JSON.stringify({
      name: "hello",
      version: "1.0.0",
      type: "module",
      private: true,
      scripts: { deploy: "sluice deploy" },
    }),
    "src/hello.ts":
      'import { greeting } from "./greeting.ts";\nexport const handler = async (): Promise<string> => greeting;\n',
    "src/greeting.ts": 'export const greeting: string = "hello from a tarball";\n',
    "sluice.config.ts": `import { defineConfig, updateExisting } from "sluice";
export default defineConfig({
  functions: { hello: "src/hello.ts" },
  environments: {
    dev: { region: "eu-west-1", account: "${ACCOUNT}", name: "{function}-dev", alias: "live", strategy: updateExisting() },
    prod: { region: "eu-west-1", account: "333333333333" },
  },
});
`,
  });
}, 180_000);

afterAll(async () => {
  await emulator?.stop();
  await repository?.dispose();
  await rm(tarballs, { recursive: true, force: true });
});

/** npm with nothing else of this machine. */
const npm = (cwd: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runNpm(cwd, args, { ...jobEnvironment(repository.home), ...more });

const INSTALL = ["install", "--no-audit", "--no-fund", "--save-dev"];

/** Tarballs of the packages that `wanted` accepts, by their file names. */
async function tarballsOf(wanted: (file: string) => boolean): Promise<string[]> {
  const files = (await readdir(tarballs)).filter((file) => file.endsWith(".tgz"));
  expect(files).toHaveLength(published.length);
  return files.filter(wanted).map((file) => join(tarballs, file));
}

describe("the packages as users get them", () => {
  it("installs from tarballs with npm and deploys with `npm run deploy`", async () => {
    const files = await tarballsOf((file) => /^sluice-(?:core-)?\d/.test(file));
    expect(files).toHaveLength(2);
    const installed = await npm(repository.path, [...INSTALL, ...files]);
    expect(installed.exitCode, installed.stderr).toBe(0);
    await writeFile(join(repository.path, ".npmrc"), "");
    await repository.commit("install");

    const place: Place = { endpoint: emulator.endpoint, account: ACCOUNT, region: "eu-west-1" };
    await createStub(place, "hello-dev", { alias: "live" });
    const aws = {
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: "test",
    };
    const { exitCode, stderr } = await npm(repository.path, ["run", "deploy"], aws);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("updated")]);
    expect(await invoke(place, "hello-dev", "live")).toBe("hello from a tarball");
  }, 180_000);

  it("loads handlers from their zips", async () => {
    await repository.write(
      "src/broken.ts",
      'const name = ["le", "ft"].join("");\nawait import(name);\nexport const handler = (): number => 1;\n',
    );
    await repository.write("broken.config.json", '{ "functions": { "broken": "src/broken.ts" } }');
    const args = ["exec", "--", "sluice", "build", "--config", "broken.config.json"];
    const { exitCode, stderr } = await npm(repository.path, args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("SLUICE_IMPORT_CHECK_FAILED")]);
  }, 180_000);

  it("is small: the command brings esbuild, and no AWS SDK to install", async () => {
    const lock = JSON.parse(await readFile(join(repository.path, "package-lock.json"), "utf8")) as {
      packages: Record<string, { dev?: boolean }>;
    };
    const installed = Object.keys(lock.packages).filter((path) => path !== "" && !path.includes("@esbuild/"));
    expect(installed.map((path) => path.replace("node_modules/", "")).sort()).toEqual([
      "@sluice/core",
      "esbuild",
      "fastest-levenshtein",
      "sluice",
      "smol-toml",
      "valibot",
    ]);
  });

  it("type-checks the configuration of a user", async () => {
    await repository.write(
      "tsconfig.json",
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          target: "es2023",
          strict: true,
          noEmit: true,
          skipLibCheck: false,
          allowImportingTsExtensions: true,
          types: [],
        },
        files: ["sluice.config.ts"],
      }),
    );
    const tsc = join(ROOT, "node_modules", ".bin", "tsc");
    const checked = x(tsc, ["-p", "."], { nodeOptions: { cwd: repository.path }, throwOnError: false });
    const { stdout } = await checked;
    expect([checked.exitCode, stdout]).toEqual([0, ""]);
    await repository.write(
      "sluice.config.ts",
      'import { defineConfig } from "sluice";\nexport default defineConfig({ functions: { a: { entri: "a.ts" } } });\n',
    );
    const wrong = x(tsc, ["-p", "."], { nodeOptions: { cwd: repository.path }, throwOnError: false });
    expect((await wrong).stdout).toContain("entri");
  });

  it("types esbuild's options and plugins, and refuses those that Sluice owns", async () => {
    const check = async (esbuild: string): Promise<string> => {
      await repository.write(
        "sluice.config.ts",
        `import type { Plugin } from "esbuild";
import { defineConfig } from "sluice";
export const plugin: Plugin = { name: "p", setup: (build) => build.onEnd(() => undefined) };
export default defineConfig({ bundle: { esbuild: ${esbuild} }, functions: { a: { entry: "a.ts", esbuild: ${esbuild} } } });
`,
      );
      const tsc = join(ROOT, "node_modules", ".bin", "tsc");
      const nodeOptions = { cwd: repository.path };
      return (await x(tsc, ["-p", "."], { nodeOptions, throwOnError: false })).stdout;
    };
    expect(await check('{ drop: ["console"], define: { X: "1" }, plugins: [plugin] }')).toBe("");
    for (const wrong of ['{ outdir: "dist" }', "{ minfy: true }", '{ drop: "console" }'])
      expect((await check(wrong)).match(/error TS\d+/g), wrong).toHaveLength(2);
  });

  it("runs under yarn's Plug'n'Play, where packages are zips", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-pnp-"));
    try {
      const yarn = await npm(folder, [
        ...INSTALL,
        "--prefix",
        join(folder, "yarn"),
        "@yarnpkg/cli-dist@4.5.3",
      ]);
      expect(yarn.exitCode, yarn.stderr).toBe(0);
      const [core = "", command = ""] = (await tarballsOf((file) => /^sluice-(?:core-)?\d/.test(file))).sort(
        (a, b) => Number(b.includes("core")) - Number(a.includes("core")),
      );
      const project = join(folder, "project");
      await mkdir(project);
      const write = (path: string, text: string) => writeFile(join(project, path), text);
      await write(
        "package.json",
        JSON.stringify({
          name: "hello",
          private: true,
          type: "module",
          dependencies: { valibot: "^1.0.0" },
          devDependencies: { sluice: `file:${command}` },
          resolutions: { "@sluice/core": `file:${core}` },
        }),
      );
      await write(".yarnrc.yml", "nodeLinker: pnp\nenableGlobalCache: false\nenableTelemetry: false\n");
      await write("yarn.lock", "");
      await write(
        "hello.ts",
        'import * as v from "valibot";\nexport const handler = (): string => v.parse(v.string(), "hi");\n',
      );
      await write(
        "sluice.config.json",
        '{ "functions": { "hello": { "entry": "hello.ts", "external": ["valibot"] } } }',
      );
      const run = (...args: readonly string[]): Promise<Ran> =>
        runProcess(
          process.execPath,
          [join(folder, "yarn/node_modules/@yarnpkg/cli-dist/bin/yarn.js"), ...args],
          {
            cwd: project,
            env: { ...jobEnvironment(folder), ...wayToRegistry(), YARN_ENABLE_IMMUTABLE_INSTALLS: "false" },
          },
        );
      const installed = await run("install");
      expect(installed.exitCode, installed.stdout).toBe(0);
      const built = await run("sluice", "build", "--json");
      expect([built.exitCode, built.stderr]).toEqual([0, expect.not.stringContaining("proves nothing")]);
      const { artifacts } = JSON.parse((await run("sluice", "build", "--json")).stdout) as {
        artifacts: readonly object[];
      };
      expect(artifacts).toMatchObject([{ function: "hello", cached: true }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 240_000);

  it("gives packages of its own to those who build on them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-packages-"));
    try {
      await writeFile(join(folder, "package.json"), '{"type":"module","private":true}');
      const installed = await npm(folder, [...INSTALL, ...(await tarballsOf(() => true))]);
      expect(installed.exitCode, installed.stderr).toBe(0);
      const names = published.map(({ name }) => name);
      await writeFile(
        join(folder, "all.mjs"),
        names.map((name) => `console.log(Object.keys(await import("${name}")).length > 0);`).join("\n"),
      );
      const ran = await runProcess(process.execPath, ["all.mjs"], {
        cwd: folder,
        env: jobEnvironment(folder),
      });
      expect([ran.stderr, ran.stdout]).toEqual(["", names.map(() => "true\n").join("")]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 180_000);
});
