import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { python } from "../testing/sources.ts";
import { scanModule } from "./scan-module.ts";
import { tokenize } from "./tokenize.ts";

function texts(source: string): string[] {
  return tokenize(source).map(({ kind, text }) => (kind === "newline" ? "¶" : text));
}

describe("tokenize", () => {
  it.each([
    ["a = 'x' # no ' quote\nb", ["a", "=", "x", "¶", "b", "¶"]],
    ["'''a\n'b\"''' \"\"\"c\"\"\"", ["a\n'b\"", "c", "¶"]],
    ["r'\\' + x\n", ["\\' + x", "¶"]],
    ["rb'\\'' b\"\\\"\"", ["\\'", '"', "¶"]],
    ["x = (1,\n  # two\n  2)\ny", ["x", "=", "(", "1", ",", "2", ")", "¶", "y", "¶"]],
    ["a \\\n  = 1; b", ["a", "=", "1", ";", "b", "¶"]],
    ["a\r\nb\rc", ["a", "¶", "b", "¶", "c", "¶"]],
    ["0xfor 1_0.e5j 1if", ["0xf", "or", "1_0.e5j", "1", "if", "¶"]],
    ["ﬁle = größe", ["file", "=", "größe", "¶"]],
    ["'a\\\nb'", ["ab", "¶"]],
  ])("splits %j", (source, expected) => {
    expect(texts(source)).toEqual(expected);
  });

  it.each([
    [`f"{a["b"]}" + c`, ["", "(", "a", "[", "b", "]", ")", "+", "c", "¶"]],
    [`f'{x!r:>{width}}' ; y`, ["", "(", "x", "!", "r", "(", "width", ")", ")", ";", "y", "¶"]],
    [`f"{{no}} {f"{f"{1}"}"}"`, ["{{no}} ", "(", "", "(", "", "(", "1", ")", ")", ")", "¶"]],
    ['f"\\N{EM DASH}{x}"', ["\\N{EM DASH}", "(", "x", ")", "¶"]],
    ['rf"\\{x}"', ["\\", "(", "x", ")", "¶"]],
    ['f"""{\n x # }\n}"""', ["", "(", "x", ")", "¶"]],
    ["t'{a:{b:{c}}}' z", ["", "(", "a", "(", "b", "(", "c", ")", ")", ")", "z", "¶"]],
    ["f'{(lambda x: {1: 2})}:'", ["", "(", "(", "lambda", "x", ":", "{", "1", ":", "2", "}", ")", ")", "¶"]],
  ])("reads fields of %j", (source, expected) => {
    expect(texts(source)).toEqual(expected);
  });

  it("counts lines through strings, continued lines and fields", () => {
    const tokens = tokenize('"""\n\n"""\na \\\n b\nf"""{\nc}"""\nd');
    expect(tokens.filter(({ kind }) => kind === "name").map(({ text, line }) => [text, line])).toEqual([
      ["a", 4],
      ["b", 5],
      ["c", 7],
      ["d", 8],
    ]);
  });

  it.each(["'", "f'{", '"""', "f'{a!", "(((", ")]}", "\\", "f'{x:{", "\0", "é'", "'\\", "f'\\N{"])(
    "ends with %j, which is no Python",
    (source) => {
      expect(tokenize(source).at(-1)?.kind).toBe("newline");
    },
  );
});

const LIST_IMPORTS = `
import ast, json, os, sys, sysconfig, warnings
warnings.simplefilter("ignore")
found = []
for folder, folders, names in os.walk(sysconfig.get_paths()["stdlib"]):
    folders[:] = sorted(each for each in folders if each not in ("site-packages", "idlelib", "lib2to3"))
    if os.path.basename(folder) == "test":
        folders[:] = []
        names = ["test_" + name + ".py" for name in ("fstring", "grammar", "patma", "string_literals", "syntax", "unicode_identifiers")]
    for name in sorted(names):
        path = os.path.join(folder, name)
        if not name.endswith(".py") or not os.path.exists(path):
            continue
        try:
            tree = ast.parse(open(path, "rb").read())
        except (SyntaxError, ValueError, RecursionError):
            continue
        imports = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imports += [[0, each.name, "", node.lineno] for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                imports.append([node.level, node.module or "", ",".join(each.name for each in node.names), node.lineno])
        found.append([path, imports])
json.dump(found, open(sys.argv[1], "w"))
`;

describe("scanModule", () => {
  it("finds the imports that Python's own parser finds, in the whole standard library", () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-scan-"));
    try {
      const script = join(folder, "list.py");
      writeFileSync(script, LIST_IMPORTS);
      const out = join(folder, "imports.json");
      python(
        `import sys, runpy; sys.argv = ["list.py", ${JSON.stringify(out)}]; runpy.run_path(${JSON.stringify(script)})`,
      );
      const files = JSON.parse(readFileSync(out, "utf8")) as [string, [number, string, string, number][]][];
      expect(files.length).toBeGreaterThan(300);
      for (const [path, imports] of files) {
        const found = scanModule(readFileSync(path)).imports.map(({ level, module, names, line }) =>
          [level, module, names.join(","), line].join(" "),
        );
        const missed = imports.map((each) => each.join(" ")).filter((each) => !found.includes(each));
        expect([path, missed]).toEqual([path, []]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 240_000);

  it.each([
    [Buffer.from("\uFEFFimport a"), "a"],
    [Buffer.from("# -*- coding: latin-1 -*-\nx = 'é'\nimport a", "latin1"), "a"],
    [Buffer.from("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nimport größe", "latin1"), "größe"],
    [Buffer.from("# coding: nobody-knows\nimport a"), "a"],
    [Buffer.from("import größe"), "größe"],
  ])("decodes by byte order mark and cookie: %#", (bytes, module) => {
    expect(scanModule(bytes).imports.map((each) => each.module)).toEqual([module]);
  });

  it.each([
    ["import a", "load"],
    ["class A:\n  import a", "load"],
    ["if x := (lambda: 1): import a", "perhaps"],
    ["try: import a\nexcept ImportError: a = None", "perhaps"],
    ["try:\n    x\nfinally:\n\timport a", "perhaps"],
    ["with suppress(ImportError):\n  import a", "perhaps"],
    ["async def f():\n  class B:\n    import a", "late"],
    ["def f(x: int) -> {1: 2}: import a", "late"],
    ["from typing import TYPE_CHECKING as T\nif typing.TYPE_CHECKING:\n  import a", "never"],
    ['if __name__ == "__main__":\n  def f():\n    import a', "never"],
    ["if TYPE_CHECKING:\n  pass\nelse:\n  import a", "perhaps"],
    ["if TYPE_CHECKING:\n  pass\nimport a", "load"],
    ["match = 1\nmatch.x: int = 2\nimport a", "load"],
    ["match x:\n  case 1: import a", "perhaps"],
    ["x: int; import a", "load"],
    ["\fimport a", "load"],
  ])("tells when %j imports", (source, when) => {
    const imports = scanModule(Buffer.from(source)).imports.filter(({ module }) => module === "a");
    expect(imports.map((each) => each.when)).toEqual([when]);
  });

  it.each([
    ["importlib.import_module('a.b')", ["a.b"], []],
    ["from importlib import import_module as load\nload('a' '.b')", ["importlib", "a.b"], []],
    ["importlib.import_module(name='a.b')", ["a.b"], []],
    ["__import__(name)", [], [["__import__", null]]],
    ["f'{import_module(name)}'", [], [["import_module", null]]],
    ["import_module(f'plugins.{name}')", [], [["import_module", "plugins"]]],
    ["import_module('plugins.' + name)", [], [["import_module", "plugins"]]],
    ["import_module('plugins.%s.x' % name)", [], [["import_module", "plugins"]]],
    ["import_module('plugins.{}'.format(name))", [], [["import_module", "plugins"]]],
    ["pkgutil.walk_packages(x.__path__)", [], [["walk_packages", null]]],
    ["runpy.run_path('a.py')", [], [["run_path", null]]],
    ["exec(open('a.py').read())", [], [["exec", null]]],
    ["cursor.exec(open)", [], []],
    ["def import_module(name): pass", [], []],
    ["if __name__ == '__main__': import_module(name)", [], []],
  ])("reads calls in %j", (source, modules, computed) => {
    const scan = scanModule(Buffer.from(source));
    expect(scan.imports.map(({ module }) => module)).toEqual(modules);
    expect(scan.computed.map(({ call, within }) => [call, within])).toEqual(computed);
  });
});
