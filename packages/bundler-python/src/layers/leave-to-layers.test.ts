import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { ownPython } from "../testing/check.ts";
import { extendingIn, JOINING, leaveToLayers } from "./leave-to-layers.ts";
import { moduleNameOf, pathEntry } from "./search-path.ts";

type Files = Readonly<Record<string, string>>;

interface Case {
  /** Packages that the function needs and the layer holds as well. */
  readonly both?: Readonly<Record<string, Files>>;
  /** What the function packs in any case. */
  readonly own?: Files;
  /** What the layer holds besides. */
  readonly layer?: Files;
  readonly left: readonly string[];
  readonly packed?: Readonly<Record<string, string>>;
  readonly joined?: readonly string[];
}

const CODE = "VALUE = 1\n";

const CASES: Readonly<Record<string, Case>> = {
  "leaves packages that nothing else has parts of": {
    both: { numpy: { "numpy/__init__.py": CODE, "numpy/core.py": CODE }, six: { "six.py": CODE } },
    own: { "app.py": CODE, "numpy_helpers/__init__.py": CODE },
    left: ["numpy", "six"],
  },
  "leaves parts of a namespace without __init__.py": {
    both: { storage: { "google/cloud/storage/__init__.py": CODE } },
    own: { "google/cloud/tasks/__init__.py": CODE, "google/own.py": CODE },
    left: ["storage"],
  },
  "leaves parts of a namespace that joins itself": {
    both: { one: { "backports/__init__.py": JOINING, "backports/one.py": CODE } },
    own: { "backports/__init__.py": JOINING, "backports/two.py": CODE },
    left: ["one"],
  },
  "packs what the function's own __init__.py would hide": {
    both: { storage: { "google/storage.py": CODE }, six: { "six.py": CODE } },
    own: { "google/__init__.py": "", "google/tasks.py": CODE },
    left: ["six"],
    packed: { storage: "google" },
  },
  "packs the package whose __init__.py would hide the function's part": {
    both: { foo: { "foo/__init__.py": CODE, "foo/a.py": CODE }, six: { "six.py": CODE } },
    own: { "foo/extra.py": CODE },
    left: ["six"],
    packed: { foo: "foo" },
  },
  "packs what comes to be hidden because something else is packed": {
    both: {
      foo: { "foo/__init__.py": CODE, "foo/a.py": CODE },
      "foo-more": { "foo/more.py": CODE, "bar/x.py": CODE },
      "bar-more": { "bar/__init__.py": "", "bar/y.py": CODE },
    },
    own: { "foo/extra.py": CODE },
    left: [],
    packed: { foo: "foo", "foo-more": "foo", "bar-more": "bar" },
  },
  "joins what a package that the function says nothing of would hide": {
    own: { "google/cloud/tasks.py": CODE },
    layer: { "google/__init__.py": "", "google/protobuf/__init__.py": CODE },
    left: [],
    joined: ["google"],
  },
  "joins below a namespace": {
    both: { storage: { "google/cloud/storage.py": CODE } },
    own: { "google/cloud/tasks.py": CODE },
    layer: { "google/cloud/__init__.py": "pass\n", "google/cloud/other.py": CODE },
    left: ["storage"],
    joined: ["google/cloud"],
  },
  "joins where a layer's part would go before the function's": {
    own: { "backports/two.py": "VALUE = 2\n" },
    layer: { "backports/__init__.py": JOINING, "backports/two.py": CODE },
    left: [],
    joined: ["backports"],
  },
  "joins where a layer's module has the name of the function's folder": {
    own: { "tools/a.py": CODE },
    layer: { "tools.py": CODE },
    left: [],
    joined: ["tools"],
  },
  "packs what a module of the function's own hides": {
    both: { colours: { "colours/__init__.py": CODE } },
    own: { "colours.py": CODE },
    left: [],
    packed: { colours: "colours" },
  },
  "packs the mark of a namespace that goes before a module of its name": {
    both: { mark: { "tools/__init__.py": JOINING } },
    own: { "tools.py": CODE, "tools/more.py": CODE },
    left: [],
    packed: { mark: "tools" },
  },
  "takes no notice of data beside modules": {
    both: { numpy: { "numpy/__init__.py": CODE, "numpy.libs/x.so.1": "ELF" } },
    own: { "numpy/notes.txt": "data", "templates/__init__.html": "" },
    left: ["numpy"],
  },
  "leaves a module of the function's own that is hidden anyhow": {
    own: { "m.py": CODE, "m/a.py": CODE },
    layer: { "m/__init__.py": CODE },
    left: [],
  },
};

const placed = (files: Files) =>
  Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));

function decide({ both = {}, own = {}, layer = {} }: Case) {
  const candidates = Object.entries(both).map(([name, files]) => ({ name, files: placed(files) }));
  const inLayer = [...placed(layer), ...candidates.flatMap(({ files }) => files)];
  const entry = pathEntry(
    inLayer.map(({ path }) => path),
    extendingIn(inLayer),
  );
  return leaveToLayers(candidates, placed(own), [pathEntry([], []), entry]);
}

/** Imports modules and tells the files that they are, from the folders of function and layer. */
const IMPORT = `
import importlib, json, os, sys
roots = sys.argv[1:3]
sys.path[:0] = roots
print(json.dumps([os.path.relpath(importlib.import_module(name).__file__, os.path.dirname(roots[0])) for name in json.loads(sys.argv[3])]))
`;

describe("what a function leaves to its layers", { timeout: 60_000 }, () => {
  it.each(Object.entries(CASES))("%s", async (_what, each) => {
    const { left, packed, joined } = decide(each);
    expect([...left].sort()).toEqual(each.left);
    expect(Object.fromEntries(packed)).toEqual(each.packed ?? {});
    expect(joined).toEqual(each.joined ?? []);
  });

  it.each(Object.entries(CASES).slice(0, -2))("is found by Python: %s", async (_what, each) => {
    const { left, joined } = decide(each);
    const both = Object.entries(each.both ?? {});
    const task = Object.assign(
      {},
      ...both.flatMap(([name, files]) => (left.has(name) ? [] : [files])),
      each.own,
      ...joined.map((name) => ({ [`${name}/__init__.py`]: JOINING })),
    ) as Files;
    const opt = Object.assign({}, ...both.map(([, files]) => files), each.layer) as Files;
    const at = (folder: string, files: Files) =>
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
    await using fixture = await createFixture({ ...at("task", task), ...at("opt", opt) });
    // In one folder, a package goes before a module of its name.
    const wanted = [
      ...Object.keys(task).map((path) => ["task", path] as const),
      ...both.flatMap(([name, files]) =>
        left.has(name) ? Object.keys(files).map((path) => ["opt", path] as const) : [],
      ),
    ].filter(([, path]) => path.endsWith(".py") && (!path.endsWith("__init__.py") || task[path] === CODE));
    const modules = wanted.map(([, path]) => moduleNameOf(path)?.name.replaceAll("/", ".") ?? "");
    const { path: python } = await ownPython();
    const args = ["-I", "-B", "-c", IMPORT, fixture.getPath("task"), fixture.getPath("opt")];
    const { stdout } = await promisify(execFile)(python, [...args, JSON.stringify(modules)]);
    const expected = wanted.map(([folder, path]) => `${folder}/${path}`);
    expect(JSON.parse(stdout)).toEqual(
      expected.map((path) => path.replace(/^(task\/(?:colours|tools))\.py$/, "$1/__init__.py")),
    );
  });
});
