import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bundled } from "../testing/bundle.ts";
import {
  handlerOf,
  type LayerScene,
  layerOf,
  namesIn,
  only,
  SHARED,
  startLayerScene,
} from "../testing/layers.ts";

let scene: LayerScene;
beforeAll(async () => {
  scene = await startLayerScene();
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

function artifactOf({ problems, artifacts }: Bundled): Artifact {
  expect(problems).toEqual([]);
  return only(artifacts);
}

describe("a layer of Python packages", { timeout: 120_000 }, () => {
  it("holds slimmed wheels in python/, and functions leave them out", async () => {
    const { build, root } = await scene.repository();
    const run = await build();
    const artifact = artifactOf(run);
    expect(namesIn(artifact)).toEqual(["index.py", "orders.py"]);
    const layer = layerOf(artifact);
    expect(layer.path).toBe(join(root, ".sluice/artifacts/layer-shared.zip"));
    expect(namesIn(layer)).toEqual([
      ...["python/colours-1.0.dist-info/METADATA", "python/colours-1.0.dist-info/top_level.txt"],
      "python/colours.py",
      ...["python/shapes-2.1.dist-info/METADATA", "python/shapes-2.1.dist-info/top_level.txt"],
      "python/shapes/__init__.py",
    ]);
    expect(layer.manifest).toMatchObject({
      function: "layer-shared",
      compatibleRuntimes: [scene.runtime],
      compatibleArchitectures: ["x86_64", "arm64"],
    });
    expect(await scene.invoke(artifact)).toEqual([
      "shapes with red of 1.0",
      "/opt/python/shapes/__init__.py",
    ]);
    expect(run.notices.filter((notice) => /were not loaded|proves nothing/.test(notice))).toEqual([]);
    const inventoryOf = (name: string) =>
      JSON.parse(readFileSync(join(root, `.sluice/cache/${name}.inventory.json`), "utf8")) as {
        packages: { name: string; version: string; how: string; license: string; places?: string[] }[];
      };
    expect(inventoryOf("orders").packages).toMatchObject([
      { name: "colours", version: "1.0", how: "layer", license: "MIT" },
      { name: "shapes", version: "2.1", how: "layer" },
    ]);
    expect(inventoryOf("layer-shared").packages[1]).toMatchObject({
      name: "shapes",
      how: "copied",
      places: ["python/shapes", "python/shapes-2.1.dist-info"],
    });
  });

  it("is looked into when handlers are loaded: what breaks there breaks the check", async () => {
    const { build } = await scene.repository({
      "src/orders.py": handlerOf("from shapes import CIRCLE", "CIRCLE"),
    });
    const { problems } = await build();
    expect(problems).toMatchObject([
      {
        code: "SLUICE_PYTHON_IMPORT_FAILED",
        message: expect.stringContaining("cannot import name 'CIRCLE'"),
      },
    ]);
  });

  it("is not used for another version, which goes first", async () => {
    const { build } = await scene.repository({ "requirements.txt": "shapes==2.1\ncolours==2.0\n" });
    const run = await build();
    const artifact = artifactOf(run);
    expect(namesIn(artifact)).toContain("colours.py");
    expect(namesIn(artifact)).not.toContain("shapes/__init__.py");
    expect(await scene.invoke(artifact)).toEqual([
      "shapes with red of 2.0",
      "/opt/python/shapes/__init__.py",
    ]);
    expect(run.notices).toContainEqual(
      "orders: packed although its layers hold them: colours 2.0 (shared has 1.0).",
    );
  });

  it("gives modules that the function's own requirements do not name", async () => {
    const { build } = await scene.repository({ "requirements.txt": "" });
    const artifact = artifactOf(await build());
    expect(namesIn(artifact)).toEqual(["index.py", "orders.py"]);
    expect(await scene.invoke(artifact)).toEqual(["shapes with red of 1.0", expect.any(String)]);
  });

  it.each([
    ["shared without __init__.py", "google-auth\n", ["google/cloud/tasks.py"], []],
    [
      "with an old package's __init__.py",
      "google-auth\ngoogle-old\n",
      ["google/__init__.py", "google/cloud/tasks.py"],
      [expect.stringContaining("google/__init__.py, which would hide")],
    ],
  ])("may have parts of namespaces: %s", async (_what, held, inside, told) => {
    const { build } = await scene.repository({
      "src/orders.py": handlerOf("from google.cloud.tasks import TASKS", "TASKS"),
      "requirements.txt": "google-auth==1.0\ngoogle-tasks==1.0\n",
      "layers/requirements.txt": held,
    });
    const run = await build();
    const artifact = artifactOf(run);
    expect(namesIn(artifact).filter((path) => path.startsWith("google/"))).toEqual(inside);
    expect(await scene.invoke(artifact)).toEqual(["tasks by auth"]);
    expect(run.notices.filter((notice) => notice.includes("hide"))).toEqual(told);
  });

  it("packs what a namespace cannot share with it", async () => {
    const { build } = await scene.repository({
      "src/orders.py": handlerOf("from google.cloud.tasks import TASKS", "TASKS"),
      "requirements.txt": "google-auth==1.0\ngoogle-tasks==1.0\ngoogle-old==1.0\n",
      "layers/requirements.txt": "google-auth\ngoogle-tasks\n",
    });
    const run = await build();
    const artifact = artifactOf(run);
    expect(namesIn(artifact)).toEqual(expect.arrayContaining(["google/auth/__init__.py", "google/old.py"]));
    expect(await scene.invoke(artifact)).toEqual(["tasks by auth"]);
    expect(run.notices.join("\n")).toContain("google-auth 1.0 (google has parts in both)");
  });

  it("has folders, too, whose modules no source of the function has to have", async () => {
    const { build } = await scene.repository({
      "src/orders.py": handlerOf("import prices, shapes", "prices.VAT, prices.__file__, shapes.NAME"),
      "layers/common/prices/__init__.py": "VAT = 20\n",
    });
    const folders = [{ from: "layers/common", to: "python" }];
    const artifact = artifactOf(await build({ layers: { shared: { ...SHARED.shared, folders } } }));
    expect(namesIn(layerOf(artifact))).toContain("python/prices/__init__.py");
    expect(namesIn(artifact)).toEqual(["index.py", "orders.py"]);
    const expected = [20, "/opt/python/prices/__init__.py", "shapes with red of 1.0"];
    expect(await scene.invoke(artifact)).toEqual(expected);
    const alone = artifactOf(await build({ layers: { shared: { folders } } }));
    expect(namesIn(layerOf(alone))).toEqual(["python/prices/__init__.py"]);
    expect(await scene.invoke(alone)).toEqual([20, "/opt/python/prices/__init__.py", expect.any(String)]);
  });

  it("goes after the function's own modules, which are packed and told", async () => {
    const { build } = await scene.repository({
      "src/orders.py": handlerOf("import prices", "prices.__file__"),
      "src/prices.py": "VAT = 20\n",
    });
    const layers = { shared: { folders: [{ from: "src", to: "python" }] } };
    const run = await build({ layers });
    const artifact = artifactOf(run);
    expect(await scene.invoke(artifact)).toEqual(["/task/prices.py"]);
    expect(run.notices.filter((notice) => notice.includes("layer shared holds"))).toHaveLength(1);
    expect(run.notices.filter((notice) => notice.includes("hides the other"))).toEqual([]);
  });

  it("is built once for all, and found unchanged; what changes in it is seen by its functions", async () => {
    const { build, write, root } = await scene.repository({
      "src/bills.py": "def lambda_handler(e, c): ...\n",
    });
    const using = { layers: ["shared"] };
    const functions = {
      orders: { entry: "src/orders.py", ...using },
      bills: { entry: "src/bills.py", ...using },
    };
    const run = async (env: Record<string, string> = {}) => {
      const { artifacts, problems } = await build({ functions }, env);
      expect(problems).toEqual([]);
      return artifacts.flatMap((each) => [each.cached, layerOf(each).cached]);
    };
    expect(await run()).toEqual([false, false, false, false]);
    // Nothing of the resolver is there any more.
    const gone = { SLUICE_UV: "/nowhere/uv" };
    expect(await run(gone)).toEqual([true, true, true, true]);
    rmSync(join(root, ".sluice/artifacts"), { recursive: true });
    expect(await run(gone)).toEqual([true, true, true, true]);
    await write("layers/requirements.txt", "shapes==2.1\ncolours==2.0\n");
    expect(await run()).toEqual([false, false, false, false]);
    expect(await run(gone)).toEqual([true, true, true, true]);
  });

  it("has the same digest on another path, by another resolver; as have its functions", async () => {
    const digests = ({ manifest, layers }: Artifact) => [
      manifest.digest,
      ...(layers ?? []).map((layer) => layer.manifest.digest),
    ];
    const first = digests(artifactOf(await (await scene.repository()).build()));
    const other = await scene.repository({}, "another/place with spaces");
    const env = { TZ: "Asia/Tokyo", SLUICE_PYTHON_INSTALLER: "pip", PIP_INDEX_URL: scene.resolver.index.url };
    expect(digests(artifactOf(await other.build({}, env)))).toEqual(first);
  });
});
