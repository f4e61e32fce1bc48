import { isSluiceError } from "@sluice/core";
import { beforeAll, describe, expect, it } from "vitest";
import { checkTexts, ownPython } from "../testing/check.ts";
import type { Python } from "./find-python.ts";
import type { Failure } from "./job.ts";
import { isCertain } from "./newer-syntax.ts";

function failure(line: number, message = "invalid syntax"): Failure {
  const none = { frames: [], explicit: false, missing: null, ofPython: false, path: null, cause: null };
  return { ...none, type: "SyntaxError", kinds: [], message, syntax: { file: "a.py", line, column: 1 } };
}

describe("an older Python's word about syntax", () => {
  it.each<[string, string, number, string?]>([
    ["a colon that is missing", "def f()\n    return 1\n", 1, "expected ':'"],
    ["a parenthesis before an f-string", 'x = (1,\ny = f"{x}"\n', 1, "'(' was never closed"],
    ["a statement below one with an f-string", 'x = f"{1}"\nif x\n    pass\n', 2],
    ["indentation", "if 1:\nx = 2\n", 2, "expected an indented block after 'if' statement on line 1"],
    ["a word that is no keyword here", "type(x) y\n", 1],
  ])("counts for %s", (_what, text, line, message) => {
    expect(isCertain(failure(line, message), Buffer.from(text), 11, 13)).toBe(true);
  });

  it.each<[string, string, number, string?]>([
    ["quotes in a field", "x = 1\ny = f'{d['a']}'\n", 2],
    ["a field of several lines", 'y = f"{\n  1\n}"\nz = 1\n', 1, "unterminated string literal"],
    ["type parameters", "def first[T](a: list[T]) -> T:\n    return a[0]\n", 1],
    ["a type alias", "type Pair = tuple[int, int]\n", 1],
    ["what is spread over lines", "class Box[\n    T,\n](Base):\n    pass\n", 2],
  ])("does not count for %s", (_what, text, line, message) => {
    expect(isCertain(failure(line, message), Buffer.from(text), 11, 13)).toBe(false);
    expect(isCertain(failure(line, message), Buffer.from(text), 13, 13)).toBe(true);
  });

  it("counts by the versions of both", () => {
    const text = Buffer.from('x = t"{1}"\n');
    expect([isCertain(failure(1), text, 12, 14), isCertain(failure(1), text, 12, 13)]).toEqual([false, true]);
    const plain = Buffer.from("x = = 1\n");
    expect([isCertain(failure(1), plain, 12, 15), isCertain(failure(1), plain, 9, 13)]).toEqual([
      false,
      false,
    ]);
  });
});

describe("syntax that is checked by an older Python", () => {
  let python: Python;
  beforeAll(async () => {
    python = await ownPython();
  });
  const handler = "def handler(event, context):\n    return 1\n";

  it("is refused where nothing newer is near", async () => {
    const texts = { "app.py": `x = f"{1}"\n${handler}`, "other.py": "def f()\n    return 1\n" };
    const refused = await checkTexts(python, texts, { minor: 14 }).catch((error: unknown) => error);
    if (!isSluiceError(refused)) throw new Error(`It passed: ${JSON.stringify(refused)}`);
    expect(refused.problems).toMatchObject([
      { code: "SLUICE_PYTHON_SYNTAX_ERROR", where: "src/other.py:1:8" },
    ]);
    expect(refused.hint).not.toContain("Nothing imported it yet");
  });

  it("is told where it may be newer", async () => {
    const newer = "try:\n    x = 1\nexcept KeyError, ValueError:\n    pass\n";
    const { notices } = await checkTexts(python, { "app.py": newer + handler }, { minor: 14 });
    expect(notices.join("\n")).toMatch(/src\/app\.py:3:\d+: A module .* So says Python 3\.\d+/);
  });
});
