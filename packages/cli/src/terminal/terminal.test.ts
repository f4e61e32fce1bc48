import { describe, expect, it } from "vitest";
import { createColors } from "./colors.ts";
import { formatProblem, formatProblems, wrap } from "./problems.ts";
import { createProgress } from "./progress.ts";

const plain = createColors({ isTerminal: false, noColor: false, env: {} });

describe("the terminal", () => {
  it("paints terminals only, and no one who asked for none", () => {
    const painted = (isTerminal: boolean, noColor: boolean, env: Record<string, string>) =>
      createColors({ isTerminal, noColor, env }).red("x") !== "x";
    expect(painted(true, false, {})).toBe(true);
    expect(painted(false, false, {})).toBe(false);
    expect(painted(true, true, {})).toBe(false);
    expect(painted(true, false, { NO_COLOR: "1" })).toBe(false);
    expect(painted(true, false, { TERM: "dumb" })).toBe(false);
    expect(painted(false, false, { FORCE_COLOR: "1" })).toBe(true);
  });

  it("shows a problem with its code, place and hint in 80 columns", () => {
    const text = formatProblem(
      {
        code: "SLUICE_X",
        kind: "usage",
        message: "word ".repeat(40).trim(),
        where: "a.ts:1:2",
        hint: "do ".repeat(60).trim(),
      },
      plain,
    );
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(text).toContain("SLUICE_X  a.ts:1:2");
    expect(text).toMatch(/\n {2}→ do /);
  });

  it("says once what is wrong at one place of a source that several functions import", () => {
    const problem = (message: string, where: string) =>
      ({ code: "SLUICE_X", kind: "usage", message, where, hint: "Mend it." }) as const;
    const broken = (name: string) =>
      problem(`${name}: Unexpected ";". Imported through ${name}.ts → lib.ts.`, "lib.ts:1:2");
    const names = Array.from({ length: 12 }, (_, index) => `fn-${index}`);
    const text = formatProblems([...names.map(broken), problem("a: Unexpected x.", "lib.ts:1:2")], plain);
    expect(text.match(/SLUICE_X/g)).toHaveLength(2);
    expect(text).toContain("fn-0: Unexpected");
    expect(text).toContain("The same for fn-1, fn-2, fn-3, fn-4, fn-5, fn-6, fn-7, fn-8 and 3 more.");
    const own = names.map((name) => problem(`${name}: no handler.`, `functions.${name}`));
    expect(formatProblems(own, plain).match(/SLUICE_X/g)).toHaveLength(12);
  });

  it("says once what is wrong with a Python source, and with what several functions depend on", () => {
    const at = (name: string, where: string, message: string) =>
      ({
        code: "SLUICE_X",
        kind: "usage",
        message: message.replace("NAME", name),
        where,
        hint: "Mend it.",
      }) as const;
    const once = (where: (name: string) => string, message: string): string =>
      formatProblems(
        ["a", "b", "c-3"].map((name) => at(name, where(name), message)),
        plain,
      );
    for (const text of [
      once(() => "common.py:12", "common.py:12 imports yaml. Function NAME would fail."),
      once(() => "common.py:12:3", "A module of function NAME is not valid:\n    at NAME.py:1"),
      once((name) => `functions.${name}`, "There is no package flask in the index."),
    ]) {
      expect(text.match(/SLUICE_X/g)).toHaveLength(1);
      expect(text).toContain("The same for b, c-3.");
    }
    const own = once((name) => `functions.${name}.handler`, "The handler of function NAME is none.");
    expect(own.match(/SLUICE_X/g)).toHaveLength(3);
  });

  it("wraps at spaces and keeps long words whole", () => {
    expect(wrap("aa bb cc", 5)).toEqual(["aa bb", "cc"]);
    expect(wrap(`a ${"x".repeat(20)} b`, 5)).toEqual(["a", "x".repeat(20), "b"]);
    expect(wrap("a\nb", 10)).toEqual(["a", "b"]);
    expect(wrap("a\n  indented", 10)).toEqual(["a", "  indented"]);
  });

  it("writes progress to terminals only, in one line", () => {
    const written: string[] = [];
    const stream = { isTTY: true, columns: 20, write: (text: string) => written.push(text) };
    const progress = createProgress(stream, true);
    progress.handle({
      type: "target",
      target: "a-function-with-a-name",
      region: "r",
      status: "step",
      detail: "waiting",
    });
    progress.handle({ type: "target", target: "a-function-with-a-name", region: "r", status: "done" });
    expect(written[0]?.replace("\r\u001b[K", "").length).toBeLessThan(20);
    expect(written.at(-1)).toBe("\r\u001b[K");
    const silent: string[] = [];
    createProgress({ write: (text: string) => silent.push(text) }, true).handle({
      type: "bundle",
      function: "a",
      status: "start",
    });
    expect(silent).toEqual([]);
  });
});
