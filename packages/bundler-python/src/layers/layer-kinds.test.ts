import type { Artifact, Config } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bundled, unpacked } from "../testing/bundle.ts";
import { type LayerScene, layerOf, namesIn, only, SHARED, startLayerScene } from "../testing/layers.ts";

let scene: LayerScene;
beforeAll(async () => {
  scene = await startLayerScene();
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

function artifactOf({ problems, artifacts }: Bundled): Artifact {
  expect(problems).toEqual([]);
  return only(artifacts);
}

describe("a layer of Python packages that is built in a way of its own", { timeout: 120_000 }, () => {
  it("has the wheels of its functions' machine, and machine code for no other", async () => {
    const { build, write } = await scene.repository({
      "layers/requirements.txt": "native\n",
      "requirements.txt": "native\n",
    });
    const functions = {
      orders: { entry: "src/orders.py", layers: ["shared"], architecture: "arm64" as const },
    };
    const config = { functions, bundle: { runtime: "python3.13", importCheck: false } };
    const artifact = artifactOf(await build(config));
    expect(namesIn(artifact)).toEqual(["index.py", "orders.py"]);
    expect(unpacked(layerOf(artifact))["python/native.so"]?.charCodeAt(18)).toBe(0xfffd);
    expect(layerOf(artifact).manifest.compatibleArchitectures).toEqual(["arm64"]);
    await write("layers/requirements.txt", "liar\n");
    expect((await build(config)).problems).toMatchObject([
      { code: "SLUICE_PYTHON_MACHINE_CODE", where: "layers.shared" },
    ]);
  });

  it("has compiled modules where it asks for them, which its functions need not", async () => {
    const { build } = await scene.repository();
    const python = { requirements: "layers/requirements.txt", compiled: true };
    const artifact = artifactOf(await build({ layers: { shared: { python } } }));
    expect(namesIn(layerOf(artifact))).toContain("python/shapes/__init__.pyc");
    expect(namesIn(artifact)).toEqual(["index.py", "orders.py"]);
    expect(await scene.invoke(artifact)).toEqual([
      "shapes with red of 1.0",
      "/opt/python/shapes/__init__.pyc",
    ]);
  });

  it("is packed again for a function that wants all that its wheels hold", async () => {
    const { build } = await scene.repository();
    const fn = { entry: "src/orders.py", layers: ["shared"], python: { slim: false } };
    const run = await build({ functions: { orders: fn } });
    expect(namesIn(artifactOf(run))).toContain("shapes/tests/test_shapes.py");
    expect(run.notices.join("\n")).toContain("shared has it without shapes/tests/test_shapes.py");
  });

  it.each<[string, Record<string, string>, Partial<Config>, object]>([
    [
      "requirements that are not there",
      {},
      { layers: { shared: { python: { requirements: "layers/none.txt" } } } },
      { code: "SLUICE_PYTHON_REQUIREMENTS_NOT_FOUND", where: "layers.shared.python.requirements" },
    ],
    [
      "a file of its folders in the place of a package's",
      { "layers/common/colours.py": "RED = 3\n" },
      { layers: { shared: { ...SHARED.shared, folders: [{ from: "layers/common", to: "python" }] } } },
      { code: "SLUICE_PYTHON_FILE_CLASH", where: "layers.shared" },
    ],
    [
      "two layers that hold two versions",
      { "layers/other.txt": "colours==2.0\n" },
      {
        functions: { orders: { entry: "src/orders.py", layers: ["shared", "other"] } },
        layers: { ...SHARED, other: { python: { requirements: "layers/other.txt" } } },
      },
      { code: "SLUICE_LAYERS_CLASH", message: expect.stringContaining("python/colours.py") },
    ],
    [
      "an import that neither it nor anything else gives",
      { "src/orders.py": "import yaml\ndef lambda_handler(e, c): ...\n" },
      {},
      { code: "SLUICE_PYTHON_IMPORT_UNRESOLVED" },
    ],
  ])("is refused with %s", async (_what, files, more, problem) => {
    const { build } = await scene.repository(files);
    const { problems, artifacts } = await build(more);
    expect(artifacts).toEqual([]);
    expect(problems).toMatchObject([problem]);
  });
});
