import { createZip, type InventoryPackage } from "@sluice/artifact";
import { describe, expect, it } from "vitest";
import { analyze } from "../analysis.ts";
import { contentsOf } from "../zip-contents.ts";
import { importsIn } from "./imports.ts";
import { ownersOf } from "./owners.ts";
import { namesInPython, whyPython } from "./why-python.ts";

const wheel = (
  name: string,
  places: readonly string[],
  requires: readonly string[] = [],
  version = "1.0",
): InventoryPackage => ({
  ...{ name, version, license: null, folder: `${name}.whl`, how: "copied", ecosystem: "pypi" },
  places,
  requires,
});

const PACKAGES: readonly InventoryPackage[] = [
  wheel("numpy", ["numpy", "numpy-1.0.dist-info", "numpy.libs"]),
  wheel("pandas", ["pandas"], ["numpy>=1 ; python_version > '3.8'", "PyYAML ; extra == 'yaml'"], "2.1"),
  wheel("pyyaml", ["yaml", "_yaml.cpython-313-x86_64-linux-gnu.so"]),
  wheel("google-auth", ["google/auth"], ["Typing_Extensions (>=4)"]),
  wheel("google-storage", ["google/cloud/storage"], ["google-auth", "loop"]),
  wheel("loop", ["loop"], ["google-storage"]),
  wheel("typing-extensions", ["typing_extensions.py"]),
  wheel("plugin", ["plugin"]),
];

const FILES: Readonly<Record<string, string>> = {
  "app.py": "import os, pandas as pd\nfrom orders import (\n  prices,  # ours\n)\n",
  "orders/__init__.py": "",
  "orders/http/deep/api.py": "def f():\n    from google.cloud import storage\n",
  "orders/mail.txt": "Dear customer",
  "fonts/a.ttf": "font",
  "settings.json": "{}",
  "THIRD-PARTY-LICENSES.txt": "texts",
  "numpy/core.py": "x".repeat(300),
  "numpy-1.0.dist-info/METADATA": "y",
  "numpy.libs/libopenblas.so": "z".repeat(500),
  "pandas/api.py": "import numpy",
  "yaml/__init__.py": "1",
  "_yaml.cpython-313-x86_64-linux-gnu.so": "2",
  "google/auth/a.py": "3",
  "google/cloud/storage/__init__.py": "4",
  "loop/l.py": "5",
  "typing_extensions.py": "6",
  "plugin/p.py": "7",
};

async function shop(packages = PACKAGES) {
  const entries = Object.entries(FILES).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const zip = await createZip(entries);
  const inventory = { schema: 1 as const, metafile: null, packages, provided: ["boto3"] };
  const { unzippedBytes } = zip;
  const manifest = { function: "orders", handler: "app.f", sizeBytes: zip.bytes.length, unzippedBytes };
  const contents = contentsOf(zip.bytes, "orders.zip");
  const analysis = analyze({ manifest, maxSizeBytes: null, inventory, contents, isPython: true });
  const owners = ownersOf(packages);
  const own = Object.entries(FILES).filter(([path]) => owners.ofFile(path) === null && path.endsWith(".py"));
  const imports = own.flatMap(([path, text]) => importsIn(path, text));
  return { analysis, asked: (name: string) => whyPython(name, analysis, inventory, imports) };
}

describe("what a Python package is made of", () => {
  it("is each wheel, its shared libraries, own code by folder, and files beside: every byte", async () => {
    const { analysis } = await shop();
    const shown = analysis.parts.map(({ kind, name, version, modules }) =>
      [kind, name, version, modules.length].join(" "),
    );
    expect(shown.sort()).toEqual(
      [
        "own .  1",
        "own orders  2",
        "own orders/http  1",
        "asset fonts  1",
        "asset settings.json  1",
        "license THIRD-PARTY-LICENSES.txt  1",
        "wheel numpy 1.0 2",
        "library numpy.libs  1",
        "wheel pandas 2.1 1",
        "wheel pyyaml 1.0 2",
        "wheel google-auth 1.0 1",
        "wheel google-storage 1.0 1",
        "wheel loop 1.0 1",
        "wheel typing-extensions 1.0 1",
        "wheel plugin 1.0 1",
      ].sort(),
    );
    const total = analysis.parts.reduce((sum, part) => sum + part.bytes, 0);
    expect(total).toBe(analysis.unzippedBytes);
    for (const part of analysis.parts)
      expect(part.modules.reduce((sum, module) => sum + module.bytes, 0)).toBe(part.bytes);
  });

  it("finds packages of a layer below python", () => {
    const owners = ownersOf([wheel("numpy", ["python/numpy"])]);
    expect(owners.ofFile("python/numpy/core.py")?.name).toBe("numpy");
    expect(owners.ofFile("python/own/core.py")).toBeNull();
  });
});

describe("why a Python package is there", () => {
  it.each([
    ["pandas", ["app.py", "pandas@2.1"]],
    ["pandas@2.1", ["app.py", "pandas@2.1"]],
    ["pandas==2.1", ["app.py", "pandas@2.1"]],
    ["numpy", ["app.py", "pandas@2.1", "numpy@1.0"]],
    [
      "Typing.Extensions",
      ["orders/http/deep/api.py", "google-storage@1.0", "google-auth@1.0", "typing-extensions@1.0"],
    ],
    [
      "typing_extensions",
      ["orders/http/deep/api.py", "google-storage@1.0", "google-auth@1.0", "typing-extensions@1.0"],
    ],
    ["loop", ["orders/http/deep/api.py", "google-storage@1.0", "loop@1.0"]],
    ["yaml", ["app.py", "pandas@2.1", "pyyaml@1.0"]],
    ["google/auth/a.py", ["orders/http/deep/api.py", "google-storage@1.0", "google-auth@1.0"]],
    ["plugin", []],
  ])("%s", async (name, chain) => {
    const { asked } = await shop();
    const [reason, ...others] = asked(name);
    expect(others).toEqual([]);
    expect([reason?.how, reason?.chain.map(({ file }) => file)]).toEqual(["wheel", chain]);
  });

  it.each([
    ["orders/mail.txt", "own"],
    ["fonts/a.ttf", "file"],
    ["app.py", "own"],
    ["boto3", "provided"],
    ["libopenblas.so", "file"],
  ])("%s", async (name, how) => {
    expect((await shop()).asked(name)).toMatchObject([{ how, chain: [] }]);
  });

  it("says nothing of what is not there, and knows what is", async () => {
    const { asked, analysis } = await shop();
    expect([asked("flask"), asked("pandas@9"), asked("nothing.py")].flat()).toEqual([]);
    expect(namesInPython(analysis)).toEqual(
      expect.arrayContaining(["pandas", "app.py", "fonts/a.ttf", "boto3"]),
    );
  });

  it("has no chain where nobody told what packages require", async () => {
    const packages = PACKAGES.map(({ requires: _, ...each }) => each);
    const { asked } = await shop(packages);
    expect(asked("numpy")).toMatchObject([{ how: "wheel", chain: [] }]);
  });

  it("has an end where packages require each other and nobody else does", async () => {
    const packages = [wheel("one", ["plugin"], ["two"]), wheel("two", ["loop"], ["one"])];
    expect((await shop(packages)).asked("one")).toMatchObject([{ chain: [] }]);
  });
});
