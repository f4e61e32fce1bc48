import { describe, expect, it } from "vitest";
import { logicalLines } from "./logical-lines.ts";
import { parseLine } from "./parse-line.ts";

describe("the lines of a requirements file", () => {
  // What `preprocess` of pip 23.2 gives for the same texts.
  it.each([
    ["a\r\nb\n\n# c\nd  # e", ["1 a", "2 b", "5 d"]],
    ["a \\\n  --hash=x \\\n  --hash=y\nb", ["1 a   --hash=x   --hash=y", "4 b"]],
    ["a \\\n# gone\nb", ["1 a", "3 b"]],
    ["a \\", ["1 a"]],
    ["a#b\nc @ https://x.example/c#egg=c", ["1 a#b", "2 c @ https://x.example/c#egg=c"]],
    ["# x \\\na", ["2 a"]],
    ["  a  ", ["1 a"]],
    ["a \\\nb # c \\\nd", ["1 a b"]],
    ["a\u000bb", ["1 a", "2 b"]],
  ])("of %j are joined and freed of comments", (text, lines) => {
    expect(logicalLines(text).map((line) => `${line.number} ${line.text}`)).toEqual(lines);
  });
});

describe("a line of a requirements file", () => {
  it("is a requirement with its sums", () => {
    expect(
      parseLine("a==1 ; python_version < '3' --hash=sha256:aa --hash sha256:bb --config-settings x=y"),
    ).toEqual([
      {
        type: "requirement",
        text: "a==1 ; python_version < '3'",
        editable: false,
        hashes: ["sha256:aa", "sha256:bb"],
      },
    ]);
  });

  it.each([
    ["-r base.txt", "base.txt", false],
    ["-rbase.txt", "base.txt", false],
    ["--requirement=base.txt", "base.txt", false],
    ["-c 'with space.txt'", "with space.txt", true],
    ["--constraint base.txt", "base.txt", true],
  ])("%s includes a file", (line, path, constraint) => {
    expect(parseLine(line)).toEqual([{ type: "include", path, constraint }]);
  });

  it.each([
    ["-e .[dev]", ".[dev]"],
    ["--editable=git+https://x.example/y#egg=y", "git+https://x.example/y#egg=y"],
    ["-e ./lib ; python_version > '3'", "./lib"],
  ])("%s is editable", (line, text) => {
    expect(parseLine(line)).toEqual([{ type: "requirement", text, editable: true, hashes: [] }]);
  });

  it.each([
    ["-i https://x.example", ["index-url https://x.example"]],
    [
      "--extra-index-url=https://y.example --no-index --pre",
      ["extra-index-url https://y.example", "no-index ", "pre "],
    ],
    ["-f ./wheels", ["find-links ./wheels"]],
    ["--trusted-host x.example:8080", ["trusted-host x.example:8080"]],
    ["--no-binary :all:", ["no-binary :all:"]],
    ["--prefer-binary", ["other "]],
  ])("%s holds options", (line, options) => {
    expect(
      parseLine(line)?.map((each) => (each.type === "option" ? `${each.name} ${each.value}` : each)),
    ).toEqual(options);
  });

  it.each(["--unknown", "-r", "--hash", "--index-url", "- a", "-q", "a --unknown"])("%s is none", (line) => {
    expect(parseLine(line)).toBeNull();
  });
});
