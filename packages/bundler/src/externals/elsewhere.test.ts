import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createZip } from "@sluice/artifact";
import { elfLibrary } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  integrityOfBytes,
  packageTarball,
  startServer,
  type TestServer,
  tarFile,
} from "../testing/registry.ts";
import { functionOf, invoke, one, settleAll, unpacked } from "../testing/repository.ts";

let fixture: FsFixture;
let registry: TestServer;
let tarball: Buffer;

function put(path: string, content: string | Uint8Array): void {
  const file = fixture.getPath(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

beforeEach(async () => {
  fixture = await createFixture({ "package.json": '{"name":"app"}' });
  const addon = elfLibrary("arm64", {});
  tarball = await packageTarball(
    tarFile(
      "package/package.json",
      '{"name":"@s/linux-arm64","version":"1.2.0","os":["linux"],"cpu":["arm64"]}',
    ),
    { header: { name: "package/addon.node", type: "file", size: addon.length, mode: 0o644 }, body: addon },
  );
  registry = await startServer((_, response) => response.end(tarball));
});

afterEach(async () => {
  await registry.stop();
  await fixture.rm();
});

async function build(architecture: "x86_64" | "arm64" = "x86_64") {
  const env = { PATH: process.env.PATH, npm_config_registry: `${registry.endpoint}/` };
  const fn = functionOf("a", { architecture, sourcemap: false });
  const { outcomes, run } = await settleAll(fixture.path, [fn], { context: { env } });
  const [outcome] = outcomes;
  if (outcome?.status === "rejected") throw outcome.reason;
  return run;
}

describe("the part of a package for another platform", () => {
  const locked = (integrity: string): void => {
    const optionalDependencies = { "@s/linux-arm64": "1.2.0", "@s/darwin-arm64": "1.2.0" };
    const part = { version: "1.2.0", integrity, optional: true };
    const packages = {
      "": { name: "app" },
      "node_modules/s": { version: "1.2.0", integrity, optionalDependencies },
      "node_modules/@s/linux-arm64": { ...part, os: ["linux"], cpu: ["arm64"] },
      "node_modules/@s/darwin-arm64": { ...part, os: ["darwin"], cpu: ["arm64"] },
    };
    put("package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }));
    put("node_modules/s/package.json", JSON.stringify({ name: "s", version: "1.2.0", optionalDependencies }));
    put("node_modules/s/index.js", "module.exports = 1;\n");
    put("src/a.ts", 'import s from "s"; export const handler = () => s;');
  };

  it("is fetched at its locked version, once, and that of others is not", async () => {
    locked(integrityOfBytes(tarball));
    const artifact = one(await build("arm64"));
    const files = Object.keys(unpacked(artifact)).filter((path) => path.includes("@s/"));
    expect(files).toEqual([
      "node_modules/@s/linux-arm64/addon.node",
      "node_modules/@s/linux-arm64/package.json",
    ]);
    expect(artifact.manifest.compatibleArchitectures).toEqual(["arm64"]);
    expect(registry.requests).toHaveLength(1);
    put("src/a.ts", 'import s from "s"; export const handler = () => s + 1;');
    expect(one(await build("arm64")).cached).toBe(false);
    expect(registry.requests).toHaveLength(1);
  }, 60_000);

  it("is refused when the repository has a patch for it, which would be lost", async () => {
    locked("");
    rmSync(fixture.getPath("package-lock.json"));
    put(
      "bun.lock",
      JSON.stringify({
        lockfileVersion: 1,
        workspaces: { "": { name: "app", dependencies: { s: "1.2.0" } } },
        patchedDependencies: { "@s/linux-arm64@1.2.0": "patches/s.patch" },
        packages: {
          s: ["s@1.2.0", "", { optionalDependencies: { "@s/linux-arm64": "1.2.0" } }, "sha512-x"],
          "@s/linux-arm64": ["@s/linux-arm64@1.2.0", "", { os: "linux", cpu: "arm64" }, "sha512-x"],
        },
      }),
    );
    await expect(build("arm64")).rejects.toMatchObject({
      code: "SLUICE_NATIVE_ARCHITECTURE",
      message: expect.stringContaining("has a patch in this repository"),
    });
    expect(registry.requests).toEqual([]);
  }, 60_000);

  it("is refused when it is not what the lockfile has", async () => {
    locked(integrityOfBytes(Buffer.from("something else")));
    await expect(build("arm64")).rejects.toMatchObject({ code: "SLUICE_PACKAGE_INTEGRITY" });
  }, 60_000);
});

describe("packages of Yarn's Plug'n'Play", () => {
  it("are read from their zips by the table in .pnp.cjs, which is not run", async () => {
    put("src/a.ts", 'import s from "s"; export const handler = () => s();');
    const zip = async (name: string, code: string, more: object): Promise<void> => {
      const at = `node_modules/${name}`;
      const manifest = Buffer.from(JSON.stringify({ name, version: "1.0.0", ...more }));
      const entries = [
        { path: `${at}/package.json`, bytes: manifest },
        { path: `${at}/index.js`, bytes: Buffer.from(code) },
      ];
      put(`.yarn/cache/${name}.zip`, (await createZip(entries)).bytes);
    };
    await zip("s", 'module.exports = () => ["s", require("t")()].flat();', {
      napi: {},
      dependencies: { t: "1" },
    });
    await zip("t", 'module.exports = () => "t\'s";', {});
    const place = (name: string, dependencies: [string, string][]) => [
      name,
      [
        [
          "npm:1.0.0",
          {
            packageLocation: `./.yarn/cache/${name}.zip/node_modules/${name}/`,
            packageDependencies: dependencies,
            linkType: "HARD",
          },
        ],
      ],
    ];
    const top = { packageLocation: "./", packageDependencies: [["s", "npm:1.0.0"]], linkType: "SOFT" };
    const state = {
      __info: ["It's generated."],
      dependencyTreeRoots: [{ name: "app", reference: "workspace:." }],
      enableTopLevelFallback: true,
      ignorePatternData: null,
      fallbackExclusionList: [],
      fallbackPool: [],
      packageRegistryData: [
        [null, [[null, top]]],
        ["app", [["workspace:.", top]]],
        place("s", [
          ["s", "npm:1.0.0"],
          ["t", "npm:1.0.0"],
        ]),
        place("t", [["t", "npm:1.0.0"]]),
      ],
    };
    const text = JSON.stringify(state, null, 2)
      .replaceAll("\\", "\\\\")
      .replaceAll("'", "\\'")
      .replaceAll("\n", "\\\n");
    put(
      ".pnp.cjs",
      `throw new Error("run");\nconst RAW_RUNTIME_STATE =\n'${text}';\nfunction $$SETUP_STATE(hydrateRuntimeState, basePath) {\n  return hydrateRuntimeState(JSON.parse(RAW_RUNTIME_STATE), {basePath: basePath || __dirname});\n}\n`,
    );
    const artifact = one(await build());
    expect(await invoke(artifact, {})).toEqual(["s", "t's"]);
    expect(one(await build()).cached).toBe(true);
    await zip("t", 'module.exports = () => "other";', {});
    expect(await invoke(one(await build()), {})).toEqual(["s", "other"]);
  }, 60_000);
});
