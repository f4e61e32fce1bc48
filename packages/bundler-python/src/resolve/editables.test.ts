import { expect, it } from "vitest";
import { requirementsOf, startScene } from "../testing/resolver-scene.ts";
import { makeWheel } from "../testing/wheels.ts";
import { withEditables } from "./editables.ts";
import { resolveDependencies } from "./resolve-dependencies.ts";

it("makes folders editable, and leaves everything else as it is", () => {
  const text = [
    "-r other.txt",
    "six==1.0 ; python_version < '3.14'",
    "./lib",
    "../shared ; sys_platform == 'linux'",
    "libs/own",
    "own @ file:///srv/own",
    "/srv/other[extra]",
    "./wheels/a-1.0-py3-none-any.whl",
    "thing @ https://example.org/thing-1.0.tar.gz",
    "",
  ];
  expect(withEditables(text.join("\n"), "/repo/fn").split("\n")).toEqual([
    "-r other.txt",
    "six==1.0 ; python_version < '3.14'",
    "-e /repo/fn/lib",
    "-e /repo/shared ; sys_platform == 'linux'",
    "-e /repo/fn/libs/own",
    "-e /srv/own",
    "-e /srv/other[extra]",
    "./wheels/a-1.0-py3-none-any.whl",
    "thing @ https://example.org/thing-1.0.tar.gz",
    "",
  ]);
});

it("resolves a project whose needs only its build system tells", { timeout: 120_000 }, async () => {
  await using scene = await startScene({ packages: [makeWheel({ name: "six" })] });
  await scene.write(
    "own/pyproject.toml",
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  );
  await scene.write(
    "own/backend.py",
    `import os
def prepare_metadata_for_build_editable(folder, config_settings=None):
    os.makedirs(os.path.join(folder, "own-1.0.dist-info"))
    with open(os.path.join(folder, "own-1.0.dist-info", "METADATA"), "w") as f:
        f.write("Metadata-Version: 2.1\\nName: own\\nVersion: 1.0\\nRequires-Dist: six\\n")
    return "own-1.0.dist-info"
def build_editable(*args):
    raise SystemExit("nobody asked for it")
`,
  );
  const { wheels, projects } = await resolveDependencies(scene.run(), requirementsOf(scene.root, "./own\n"));
  expect(wheels.map(({ name }) => name)).toEqual(["six"]);
  expect(projects.map(({ name }) => name)).toEqual(["own"]);
});
