import { isSluiceError, type SluiceError } from "@sluice/core";
import { beforeAll, describe, expect, it } from "vitest";
import { type CheckCase, checkTexts, ownPython, type Texts } from "../testing/check.ts";
import type { Python } from "./find-python.ts";

let python: Python;
beforeAll(async () => {
  python = await ownPython();
});

const HANDLER = "\ndef handler(event, context):\n    return 1\n";

async function refusal(texts: Texts, options: CheckCase = {}): Promise<SluiceError> {
  const checked = await checkTexts(python, texts, options).catch((error: unknown) => error);
  if (!isSluiceError(checked))
    throw new Error(`It passed, or failed by itself: ${JSON.stringify(checked)} ${checked}`);
  return checked;
}

describe("a module that is not in the package", () => {
  it("is named with the chain of who imports it, own sources first, and with the package to add", async () => {
    const error = await refusal({
      "app.py": `\nimport lib.orders${HANDLER}`,
      "lib/__init__.py": "",
      "lib/orders.py": "import os\nimport yaml\n",
    });
    expect(error.code).toBe("SLUICE_PYTHON_MODULE_MISSING");
    expect(error.message).toContain("No module named 'yaml'\n  at lib/orders.py:2");
    expect(error.problems[0].where).toBe("src/app.py:2");
    expect(error.hint).toContain("Add PyYAML to the function's requirements");
  });

  it.each([
    ["a part that was left out", { "lib/__init__.py": "" }, "import lib.testing", /slim: false/],
    ["a module of Windows", {}, "import winreg", /Windows alone/],
    [
      "a package's own words for it",
      {},
      "try:\n    import fastparquet\nexcept ImportError as e:\n    raise ImportError('Install me') from e",
      /Add the package that has fastparquet/,
    ],
    [
      "another exception that names it as its cause",
      {},
      "try:\n    import zzz\nexcept ImportError as e:\n    raise RuntimeError('no zzz') from e",
      /Add the package that has zzz/,
    ],
  ])("is told for %s", async (_, texts, source, hint) => {
    const error = await refusal({ "app.py": source + HANDLER, ...texts });
    expect(error.code).toBe("SLUICE_PYTHON_MODULE_MISSING");
    expect(error.hint).toMatch(hint);
  });

  it("is not searched for in the machine's site-packages, the working folder or PYTHONPATH", async () => {
    const error = await refusal({ "app.py": `import pip${HANDLER}` });
    expect(error.code).toBe("SLUICE_PYTHON_MODULE_MISSING");
  });
});

describe("a module that Python cannot load", () => {
  it("is told with file, line and column when its syntax is wrong", async () => {
    const error = await refusal({ "app.py": `import shared${HANDLER}`, "shared.py": "x = 1\ny = = 2\n" });
    expect(error.code).toBe("SLUICE_PYTHON_SYNTAX_ERROR");
    expect(error.problems[0].where).toBe("src/shared.py:2:5");
    expect(error.message).toContain("at src/app.py:1");
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["what an older Python took", "print 'x'\n", /^src\/app\.py:1:\d+$/],
    ["null bytes", `x = 1\ny = "\0"${HANDLER}`, /^src\/app\.py:2:1$/],
    ["an encoding that is none", `# coding: frob${HANDLER}`, /^src\/app\.py:1:\d+$/],
    ["UTF-16", Buffer.from(`\ufeff${HANDLER}`, "utf16le"), /^src\/app\.py:\d+:1$/],
  ])("is told once for %s", async (_what, source, where) => {
    const { problems } = await refusal({ "app.py": source });
    expect(problems).toMatchObject([
      { code: "SLUICE_PYTHON_SYNTAX_ERROR", where: expect.stringMatching(where) },
    ]);
    expect(problems[0].hint).not.toContain("Nothing imported it yet");
  });

  it("is a package's to mend when it is one's", async () => {
    const error = await refusal({ "app.py": `import lib${HANDLER}`, "lib/__init__.py": "print 'two'\n" });
    expect([error.code, error.problems[0].where]).toEqual(["SLUICE_PYTHON_SYNTAX_ERROR", "src/app.py:1"]);
    expect(error.message).toMatch(/at lib\/__init__\.py:1:\d+/);
    expect(error.hint).toContain(`for Python 3.${python.minor}`);
  });

  it("is told when it is own and only imported later, with all others", async () => {
    const error = await refusal({
      "app.py": "def handler(event, context):\n    import late, later\n",
      "late.py": "print 'hello'\n",
      "later.py": "def f(:\n",
      "lib/templates/{{name}}.py": "{{ not python }}",
    });
    expect(error.problems.map(({ where }) => where?.replace(/:\d+$/, ""))).toEqual([
      "src/late.py:1",
      "src/later.py:1",
    ]);
  });

  it.each([
    [
      "a name that a module lacks",
      "from json import dumpz",
      /cannot import name 'dumpz'/,
      /has no such name/,
    ],
    ["a relative import at the top", "from . import shared", /relative import/, /orders\/app\.handler/],
    ["a circle", "import one", /circular|partially initialized/, /import each other/],
    ["a name that nothing defines", "undefined_name", /undefined_name/, /Nothing defines/],
    ["an attribute that a module lacks", "import json\njson.dumpz", /no attribute 'dumpz'/, /no such name/],
    [
      "a file that is not packed",
      "import os\nopen(os.path.join(os.path.dirname(__file__), 'data/x.json'))",
      /data\/x\.json/,
      /to: "data\/x\.json"/,
    ],
    ["a file of the working folder", "open('conf.json')", /conf\.json/, /assets/],
    [
      "a file that it writes beside itself",
      "open('app.log', 'a')",
      /Read-only file system: 'app\.log'/,
      /only \/tmp/,
    ],
    [
      "a folder in its home",
      "import os\nos.makedirs(os.path.expanduser('~/.cache/x'))",
      /Read-only/,
      /only \/tmp/,
    ],
    [
      "metadata that is not packed",
      "import importlib.metadata as m\nm.version('orders-lib')",
      /orders-lib/,
      /metadata of orders-lib/,
    ],
    ["an end of the process", "import sys\nsys.exit(3)", /exit code 3/, /into the handler/],
    ["an end without a word", "import os\nos._exit(4)", /exit code 4/, /os\._exit/],
    ["a crash", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", /SIGSEGV/, /native code/],
  ])("is told for %s", async (_, source, message, hint) => {
    const error = await refusal({
      "app.py": source + HANDLER,
      "one.py": "from two import b\na = 1\n",
      "two.py": "from one import a\nb = 1\n",
    });
    expect(error.code).toBe("SLUICE_PYTHON_IMPORT_FAILED");
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it("is told when it never ends", async () => {
    const error = await refusal({ "app.py": "import threading\nthreading.Event().wait()\n" });
    expect(error.message).toContain("not loaded after 10 s");
  }, 120_000);
});

describe("a shared library that is not there", () => {
  it.each([
    [
      "import cv2",
      {
        "cv2/__init__.py":
          "raise ImportError('libGL.so.1: cannot open shared object file: No such file or directory')",
      },
      /opencv-python-headless/,
    ],
    ["import ctypes\nctypes.CDLL('libnothing.so.7')", {}, /brings libnothing\.so\.7 along/],
    [
      "raise OSError(\"cannot load library 'libpango-1.0-0': libpango-1.0-0: cannot open\")",
      {},
      /Cairo and Pango/,
    ],
  ])("is named with what helps: %s", async (source, texts, hint) => {
    const error = await refusal({ "app.py": source + HANDLER, ...texts });
    expect(error.code).toBe("SLUICE_PYTHON_LIBRARY_MISSING");
    expect(error.hint).toMatch(hint);
  });
});

describe("a handler", () => {
  it("that is missing is told with what there is, the nearest first", async () => {
    const texts = {
      "app.py": "from json import dumps\ndef another(e, c): pass\ndef handlr(e, c): pass\nclass Some: pass\n",
    };
    const error = await refusal(texts);
    expect(error.code).toBe("SLUICE_PYTHON_HANDLER_MISSING");
    expect(error.message).toMatch(/has no handler once it is loaded\. It has handlr, another\.$/);
    expect([error.problems[0].where, error.hint]).toEqual([
      "src/app.py:1",
      expect.stringContaining("mean handlr?"),
    ]);
  });

  it("that a generated module only passes on is missing where it should be", async () => {
    const error = await refusal(
      { "index.py": "from app import main as handler\n", "app.py": "globals()['mein'] = lambda e, c: 1\n" },
      { handler: "index.handler", sources: new Map([["app.py", "src/app.py"]]) },
    );
    expect([error.code, error.problems[0].where]).toEqual(["SLUICE_PYTHON_HANDLER_MISSING", "src/app.py:1"]);
    expect(error.message).toContain("The module app of function orders has no main");
  });

  it.each([
    [
      "no function",
      { "app.py": "handler = {}" },
      "app.handler",
      "SLUICE_PYTHON_HANDLER_NOT_CALLABLE",
      /class dict/,
    ],
    [
      "in a module of Python",
      { "json.py": HANDLER },
      "json.handler",
      "SLUICE_PYTHON_HANDLER_MISSING",
      /hides any other/,
    ],
    [
      "in a built-in module",
      { "time.py": HANDLER },
      "time.handler",
      "SLUICE_PYTHON_IMPORT_FAILED",
      /built into Python/,
    ],
    ["without a module", { "app.py": HANDLER }, "handler", "SLUICE_PYTHON_IMPORT_FAILED", /names no module/],
    [
      "in a module that is not there",
      { "app.py": HANDLER },
      "src/app.handler",
      "SLUICE_PYTHON_MODULE_MISSING",
      /No module named 'src'/,
    ],
  ])("that is %s is refused", async (_, texts, handler, code, message) => {
    const error = await refusal(texts, { handler });
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });
});
