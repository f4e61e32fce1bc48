import { describe, expect, it } from "vitest";
import { isPinned, parseRequirement, requirementLine } from "./requirement.ts";

describe("a requirement", () => {
  it.each([
    ["requests", "requests"],
    ["Requests[Socks,security] >= 2.31, < 3", "requests[socks,security]>=2.31,<3"],
    ["zope.interface==7.*;python_version<'3.14'", "zope-interface==7.* ; python_version<'3.14'"],
    ["name (>=1,!=1.5)", "name>=1,!=1.5"],
    [
      "pip @ https://x.example/pip-1.zip ; os_name == 'posix'",
      "pip @ https://x.example/pip-1.zip ; os_name == 'posix'",
    ],
    ["pip@git+https://x.example/pip@main#egg=pip", "pip @ git+https://x.example/pip@main#egg=pip"],
    ["a===1.0.post1", "a===1.0.post1"],
    ["pytorch-like ~= 1!2.0", "pytorch-like~=1!2.0"],
    ["A", "a"],
  ])("%s is read", (text, line) => {
    const requirement = parseRequirement(text);
    expect(requirement && requirementLine(requirement)).toBe(line);
  });

  it.each([
    "",
    "-x",
    "numpy=1.0",
    "numpy 1.0",
    "numpy==",
    "numpy==1.0 pandas",
    "numpy ;",
    "numpy>=1.0=py38",
    "libs/shared",
    "./shared",
    "name @",
    "name- >1",
    "C:\\x",
  ])("%j is none", (text) => {
    expect(parseRequirement(text)).toBeNull();
  });

  it.each([
    ["a==1.0", true],
    ["a===1.0", true],
    ["a==1.*", false],
    ["a>=1.0", false],
    ["a==1.0,<2", false],
    ["a", false],
    ["a @ https://x.example/a-1-py3-none-any.whl", true],
    ["a @ git+https://x.example/a@main", false],
    [`a @ git+https://x.example/a@${"0".repeat(40)}#subdirectory=x`, true],
  ])("%s is pinned: %s", (text, pinned) => {
    const requirement = parseRequirement(text);
    expect(requirement && isPinned(requirement)).toBe(pinned);
  });
});
