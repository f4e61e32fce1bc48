import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { ownPython } from "../testing/check.ts";
import { extendingIn, JOINING } from "./leave-to-layers.ts";
import { pathEntry, searchPath } from "./search-path.ts";

/** Files of the folders on `sys.path`, in its order. */
type Scene = readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>];

const CODE = "VALUE = 1\n";

const SCENES: Readonly<Record<string, Scene>> = {
  "parts of a namespace in both": [
    { "n/a.py": CODE, "n/deep/x.py": CODE },
    { "n/b.py": CODE, "n/deep/y.py": CODE },
  ],
  "a package first, a part later": [{ "p/__init__.py": CODE, "p/a.py": CODE }, { "p/b.py": CODE }],
  "a part first, a package later": [{ "p/a.py": CODE }, { "p/__init__.py": CODE, "p/b.py": CODE }],
  "packages in both": [
    { "p/__init__.py": CODE, "p/a.py": CODE, "p/same.py": CODE },
    { "p/__init__.py": "OTHER = 1\n", "p/b.py": CODE, "p/same.py": CODE },
  ],
  "a package that joins first": [
    { "p/__init__.py": JOINING, "p/a.py": CODE },
    { "p/__init__.py": CODE, "p/b.py": CODE, "p/in/c.py": CODE },
  ],
  "a package that joins later": [
    { "p/a.py": CODE, "p/same.py": CODE },
    { "p/__init__.py": JOINING, "p/b.py": CODE, "p/same.py": CODE },
  ],
  "a namespace with a package in it": [
    { "google/cloud/storage/__init__.py": CODE },
    { "google/cloud/__init__.py": "", "google/cloud/tasks.py": CODE, "google/auth/__init__.py": CODE },
  ],
  "joined packages in joined packages": [
    { "g/__init__.py": JOINING, "g/c/__init__.py": JOINING, "g/c/a.py": CODE },
    { "g/__init__.py": JOINING, "g/c/__init__.py": JOINING, "g/c/b.py": CODE, "g/d.py": CODE },
  ],
  "a module first, a package later": [{ "m.py": CODE }, { "m/__init__.py": CODE, "m/a.py": CODE }],
  "a part first, a module later": [{ "m/a.py": CODE }, { "m.py": CODE }],
  "a module beside a folder of its name": [{ "m.py": CODE, "m/a.py": CODE }, { "m/b.py": CODE }],
  "a module beside a package of its name": [{ "m.py": CODE, "m/__init__.py": CODE, "m/a.py": CODE }, {}],
  "a package that joins, a module beside its part later": [
    { "p/__init__.py": JOINING, "p/a.py": CODE },
    { "p.py": CODE, "p/b.py": CODE },
  ],
  "data first, a package later": [{ "p/data.json": "{}" }, { "p/__init__.py": CODE }],
  "compiled modules": [{ "p/a.py": CODE }, { "p/__init__.py": CODE, "q-x/no.py": CODE }],
};

/** Tells where Python finds each name: the folder of `sys.path` that has it, by number. */
const ASK = `
import importlib, importlib.util, json, sys
roots, names = sys.argv[1:3], json.loads(sys.argv[3])
sys.path[:0] = roots
found = {}
for name in names:
    try:
        importlib.import_module(name.rpartition(".")[0] or name)
        origin = importlib.util.find_spec(name).origin
        found[name] = next((at for at, root in enumerate(roots) if origin and origin.startswith(root + "/")), None)
    except (ImportError, AttributeError):
        found[name] = None
print(json.dumps(found))
`;

describe("the search for modules on two folders", { timeout: 60_000 }, () => {
  it.each(Object.entries(SCENES))("finds what Python finds: %s", async (_what, [first, second]) => {
    const tree = Object.fromEntries(
      [first, second].flatMap((files, at) =>
        Object.entries(files).map(([path, text]) => [`${at}/${path}`, text] as const),
      ),
    );
    await using fixture = await createFixture({ "0/x.txt": "", "1/x.txt": "", ...tree });
    const entries = [first, second].map((files) => {
      const placed = Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
      return pathEntry(Object.keys(files), extendingIn(placed));
    });
    const names = [...new Set(entries.flatMap(({ modules, packages }) => [...modules, ...packages]))].sort();
    expect(names.length).toBeGreaterThan(0);
    const path = searchPath(entries);
    const found = names.map((name) => {
      const at = entries.findIndex((entry) => path.gives(entry, name));
      return [name.replaceAll("/", "."), at === -1 ? null : at];
    });
    const { path: python } = await ownPython();
    const dotted = JSON.stringify(names.map((name) => name.replaceAll("/", ".")));
    const args = ["-I", "-B", "-c", ASK, fixture.getPath("0"), fixture.getPath("1"), dotted];
    const { stdout } = await promisify(execFile)(python, args);
    expect(Object.fromEntries(found)).toEqual(JSON.parse(stdout));
  });
});
