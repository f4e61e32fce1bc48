import { testContext } from "@sluice/test-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bundled, bundle, unpacked } from "../testing/bundle.ts";
import { type ResolverScene, startScene } from "../testing/resolver-scene.ts";
import { makeWheel } from "../testing/wheels.ts";

const PUBLISHED = "VERSION = 1\n";
const HANDLER = "from lib import VERSION\n\n\ndef lambda_handler(event, context):\n    return VERSION\n";
const TIMEOUT = 120_000;

let scene: ResolverScene;
beforeAll(async () => {
  const files = { "lib/__init__.py": PUBLISHED, "lib/tests/test_lib.py": "" };
  scene = await startScene({ packages: [makeWheel({ name: "lib", version: "1.0", files })] });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

async function build(name: string, entry: string, files: Readonly<Record<string, string>>): Promise<Bundled> {
  for (const [path, text] of Object.entries(files)) await scene.write(`${name}/${path}`, text);
  const { context } = scene.run({ env: { SLUICE_CACHE: scene.fixture.getPath(`home-${name}`) } });
  const functions = { tiny: { entry, handler: "app.lambda_handler", importCheck: false } };
  return bundle({ functions }, testContext({ cwd: `${scene.root}/${name}`, env: context.env }));
}

/** Own files and those of the package, without its metadata. */
function filesIn({ artifacts, problems }: Bundled): Record<string, string> {
  expect(problems).toEqual([]);
  return Object.fromEntries(
    Object.entries(unpacked(artifacts[0])).filter(([path]) => !path.includes("-info")),
  );
}

it("what a requirement names is taken from its wheel, whatever the root has under that name", {
  timeout: TIMEOUT,
}, async () => {
  const bundled = await build("library", "examples/app.py", {
    "examples/app.py": HANDLER,
    "examples/requirements.txt": "lib==1.0",
    "lib/__init__.py": "from lib.next import VERSION\n",
    "lib/next.py": "VERSION = 2\n",
  });
  expect(filesIn(bundled)).toEqual({ "app.py": HANDLER, "lib/__init__.py": PUBLISHED });
});

it("a file that the function and its own project have alike is packed once", {
  timeout: TIMEOUT,
}, async () => {
  const files = { "app.py": HANDLER, "requirements.txt": "lib==1.0", "lib/__init__.py": PUBLISHED };
  expect(filesIn(await build("alike", "app.py", files))).toEqual({
    "app.py": HANDLER,
    "lib/__init__.py": PUBLISHED,
  });
  const other = await build("other", "app.py", { ...files, "lib/__init__.py": "VERSION = 2\n" });
  expect(other.problems.map(({ code }) => code)).toEqual(["SLUICE_PYTHON_FILE_CLASH"]);
});
