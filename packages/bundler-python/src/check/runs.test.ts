import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { elf, testContext } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { checkTexts, environmentWith, ownPython, type Texts } from "../testing/check.ts";
import type { Python } from "./find-python.ts";

const HANDLER = "\ndef handler(event, context):\n    return 1\n";
const TMPDIR = process.env["TMPDIR"];

let python: Python;
let fixture: FsFixture;
beforeAll(async () => {
  python = await ownPython();
});
beforeEach(async () => {
  fixture = await createFixture({ "tmp/.keep": "" });
  process.env["TMPDIR"] = fixture.getPath("tmp");
});
afterEach(async () => {
  if (TMPDIR === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = TMPDIR;
  expect(readdirSync(fixture.getPath("tmp"))).toEqual([".keep"]);
  await fixture.rm();
});

/** Processes that run a Python's `multiprocessing`. */
function children(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("multiprocessing");
    } catch {
      return false;
    }
  });
}

function contextWith(env: Record<string, string> = environmentWith(python)) {
  return testContext({ cwd: "/nonexistent", env });
}

/** Minor versions that no machine has a Python of that is taken. */
const OLDER = 7;
const NEWER = 99;

describe("without the runtime's Python", () => {
  const BROKEN: Texts = { "app.py": `import late${HANDLER}`, "late.py": "x = (\n", "lib/dep.py": "(((" };

  it("the syntax of own files is checked with a newer one, and that is told once in a run", async () => {
    const context = contextWith();
    const minor = OLDER;
    const fine = { "app.py": `import whatever${HANDLER}`, "lib/dep.py": "(((" };
    await checkTexts(python, fine, { context, minor });
    const { notices, proved } = await checkTexts(python, fine, { context, minor, name: "invoices" });
    expect(notices).toEqual([
      `Handlers of python3.${minor} were not loaded to check them, as no Python 3.${minor} is on this machine (SLUICE_PYTHON_3_${minor} can name one); the syntax of their own files was checked.`,
    ]);
    expect(proved).toBe(false);
    await expect(checkTexts(python, BROKEN, { context, minor })).rejects.toMatchObject({
      code: "SLUICE_PYTHON_SYNTAX_ERROR",
      problems: [expect.objectContaining({ where: expect.stringMatching(/^src\/late\.py:\d+:\d+$/) })],
    });
  });

  it("what an older one cannot read is only told", async () => {
    const { notices } = await checkTexts(python, BROKEN, { minor: NEWER });
    expect(notices).toHaveLength(2);
    expect(notices[1]).toMatch(/^src\/late\.py:\d+:\d+: .*which is older than the function's\.$/);
  });
});

describe("machine code of another machine", () => {
  it("is not loaded, and the own files are checked", async () => {
    const foreign = python.architecture === "arm64" ? "x86_64" : "arm64";
    const texts = { "app.py": `import x${HANDLER}`, "x.cpython-313-linux-gnu.so": elf(foreign) };
    const context = contextWith();
    const { notices } = await checkTexts(python, texts, { context });
    expect(notices).toEqual([
      expect.stringContaining(`machine code for Linux on ${foreign} is in the package`),
    ]);
    await expect(checkTexts(python, { ...texts, "app.py": "def (" }, { context })).rejects.toMatchObject({
      code: "SLUICE_PYTHON_SYNTAX_ERROR",
    });
  });
});

describe("a check", () => {
  it("is not made where the configuration switches it off", async () => {
    const { notices } = await checkTexts(python, { "app.py": "def (" }, { enabled: false });
    expect(notices).toEqual([]);
  });

  it("ends with the run that is cancelled", async () => {
    const controller = new AbortController();
    const context = testContext({
      cwd: "/nonexistent",
      env: environmentWith(python),
      signal: controller.signal,
    });
    const running = checkTexts(python, { "app.py": "import time\ntime.sleep(1000)" }, { context });
    setTimeout(() => controller.abort(new Error("enough")), 500);
    await expect(running).rejects.toThrow("enough");
  });

  it.runIf(process.platform !== "win32")("proves nothing where Python does not start", async () => {
    const path = fixture.getPath("python");
    const told = {
      executable: path,
      version: [3, python.minor, 0],
      platform: "linux",
      machine: "x86_64",
      cpython: true,
    };
    const answer = `[ "$3" = "-c" ] && echo '${JSON.stringify(told)}' && exit`;
    await fixture.writeFile("python", `#!/bin/sh\n${answer}\necho no library >&2; exit 127\n`);
    chmodSync(path, 0o755);
    const context = contextWith(environmentWith({ ...python, path }));
    const { notices } = await checkTexts(python, { "app.py": HANDLER }, { context });
    expect(notices).toEqual([
      "orders: the import check proves nothing: Python could not be started: no library.",
    ]);
  });

  it("leaves no process behind that the module started", async () => {
    const source = `import multiprocessing, os, sys
context = multiprocessing.get_context("spawn")
if __name__ == "app":
    process = context.Process(target=print)
    try:
        process.start()
    except OSError:
        pass`;
    const before = children();
    await checkTexts(python, { "app.py": source + HANDLER });
    await expect.poll(() => children().filter((each) => !before.includes(each))).toEqual([]);
  });

  it("of many functions at once comes to what each is", async () => {
    const context = contextWith();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) =>
        checkTexts(
          python,
          { "app.py": index === 3 ? "import zzz" : `import lib${HANDLER}` },
          {
            context,
            name: `f${index}`,
            dependencies: {
              id: "same",
              files: [{ path: "lib/__init__.py", bytes: Buffer.from("x = 1"), executable: false }],
            },
          },
        ),
      ),
    );
    expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  it("tells a folder that cannot be written to", async () => {
    process.env["TMPDIR"] = fixture.getPath("gone");
    const checked = checkTexts(python, { "app.py": HANDLER });
    await expect(checked).rejects.toMatchObject({ code: "SLUICE_PYTHON_CHECK_FOLDER" });
  });
});
