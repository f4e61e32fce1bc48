import { expect, test } from "vitest";
import { parseSpecifiers, satisfies } from "./specifiers.ts";

// The tables are those of the tests of `packaging` 26.3 (tests/test_specifiers.py), specifier: versions.
const MET = `
  ==2: 2.0 2.0+deadbeef
  ==2.0: 2.0 2.0+deadbeef
  ==2.0.0: 2.0 2.0+deadbeef
  ==2+deadbeef: 2.0+deadbeef
  ==2.0+deadbeef: 2.0+deadbeef
  ==2.0.0+deadbeef: 2.0+deadbeef
  ==2.0.0+deadbeef.00: 2.0+deadbeef.0
  ==2.*: 2.dev1 2a1 2a1.post1 2b1 2b1.dev1 2c1 2c1.post1.dev1 2rc1 2 0!2 2.0 2.0.0
  ==2.0.*: 2c1.post1.dev1 2rc1 2 2.0.0.0
  ==2.0.0.*: 2
  ==0!2.*: 2
  ==2.1.*: 2.1+local.version
  !=2: 2.1 2.0.1
  !=2.0: 2.1 2.0.1
  !=2.0.0: 2.0.1
  !=2.0+deadbeef: 2.0
  !=3.*: 2.0
  !=2.0.*: 2.1 2.1.0.0
  !=2.0.0.*: 3
  >=2: 2.0 2.0.post1 2.0.post1.dev1 3
  >=2.0: 2.0 2!1.0
  >=2.0.0: 2.0
  >=3.0.0a7: 3.0.0a8
  <=2: 2.0 2.0.dev1 2.0a1 2.0a1.dev1 2.0b1 2.0b1.post1 2.0c1 2.0c1.post1.dev1 2.0rc1 1
  <=2.0: 2.0
  <=2.0.0: 2.0
  <=3.0.0a8: 3.0.0a7
  >2: 3 2.0.1 2.1.post1 2.1+local.version
  >2.0: 2.1 2!1.0
  >3.0.0a7: 3.0.0a8
  <2: 1
  <2.1: 2.0 2.0.dev0
  <3.0.0a8: 3.0.0a7
  ~=1.0: 1 1.0.1 1.1 1.9999999
  ~=1.0a1: 1.1
  ~=2022.01.01: 2022.01.01
  ~=2!1.0: 2!1.0
  ==2!1.*: 2!1.0 2!1.0.0
  ==2!1.0: 2!1.0
  !=1.0: 2!1.0
  ==2!1.0.0.0.*: 2!1.0.0
  ==2!1.0.*: 2!1.0.0
  !=2!1.0: 1.0
  <=2!0.1: 1.0
  <2!0.1: 1.0
  >2.0dev: 2.0.5
  >1.0.dev1: 1.0+local 1.0.dev2+local
  >4.1.0a2.dev1234: 4.1.0a2.dev1235+local
  >1.0a1: 1.0a2+local
  >1.0b1: 1.0b2+local
  >1.0rc1: 1.0rc2+local
  >1.0.post1: 1.0.post2+local
  >1.0a1.dev1: 1.0a1.dev2+local
  >1.0.post1.dev1: 1.0.post1.dev2+local
`;

const NOT_MET = `
  ==2: 2.1
  ==2.0: 2.1
  ==2.0.0: 2.1
  ==2.0+deadbeef: 2.0
  ==3.*: 2.0
  ==2.0.*: 2.1 2.1.0.0
  ==2.0.0.*: 3
  !=2: 2.0 2.0+deadbeef
  !=2.0: 2.0 2.0+deadbeef
  !=2.0.0: 2.0 2.0+deadbeef
  !=2+deadbeef: 2.0+deadbeef
  !=2.0+deadbeef: 2.0+deadbeef
  !=2.0.0+deadbeef: 2.0+deadbeef
  !=2.0.0+deadbeef.00: 2.0+deadbeef.0
  !=2.*: 2.dev1 2a1 2a1.post1 2b1 2b1.dev1 2c1 2c1.post1.dev1 2rc1 2 2.0 2.0.0
  !=2.0.*: 2c1.post1.dev1 2rc1 2 2.0.0.0
  !=2.0.0.*: 2
  >=2: 2.0.dev1 2.0a1 2.0a1.dev1 2.0b1 2.0b1.post1 2.0c1 2.0c1.post1.dev1 2.0rc1 1
  <=2: 2.0.post1 2.0.post1.dev1 3
  >2: 1 2.0.dev1 2.0a1 2.0a1.post1 2.0b1 2.0b1.dev1 2.0c1 2.0c1.post1.dev1 2.0rc1 2.0 2.0.post1 2.0.post1.dev1 2.0+local.version
  >4.1.0a2.dev1234: 4.1.0a2.dev1234+local
  >1.0a1: 1.0a1+local
  >1.0b1: 1.0b1+local
  >1.0rc1: 1.0rc1+local
  >1.0.post1: 1.0.post1+local
  >1.0.dev1: 1.0.dev1+local
  >1.0a1.dev1: 1.0a1.dev1+local
  >1.0.post1.dev1: 1.0.post1.dev1+local
  <2: 2.0.dev1 2.0a1 2.0a1.post1 2.0b1 2.0b2.dev1 2.0c1 2.0c1.post1.dev1 2.0rc1 2.0 2.post1 2.post1.dev1 3
  ~=1.0: 2.0 2!1.0
  ~=1.0.0: 1.1.0 1.1.post1
  ~=2!1.0: 1.0
  ==1.0: 2!1.0
  ==2!1.0: 1.0
  ==1.0.0.*: 2!1.0
  ==2!1.0.0.*: 1.0
  ==1.*: 2!1.0
  ==2!1.*: 1.0
  !=2!1.0: 2!1.0
`;

function rows(table: string): [specifier: string, version: string][] {
  return table
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [specifier = "", versions = ""] = line.trim().split(": ");
      return versions.split(" ").map((version): [string, string] => [specifier, version]);
    });
}

function isMet(version: string, text: string): boolean {
  const specifiers = parseSpecifiers(text);
  if (specifiers === null) throw new Error(`${text} was not read`);
  return satisfies(version, specifiers);
}

test("meets what `packaging` says that it meets", () => {
  expect(rows(MET).length).toBe(97);
  for (const [specifier, version] of rows(MET))
    expect(isMet(version, specifier), `${version} ${specifier}`).toBe(true);
});

test("does not meet what `packaging` says that it does not", () => {
  expect(rows(NOT_MET).length).toBe(91);
  for (const [specifier, version] of rows(NOT_MET))
    expect(isMet(version, specifier), `${version} ${specifier}`).toBe(false);
});

test("every clause has to be met, and none is met by everything", () => {
  expect(isMet("3.9.2", ">=3.9, !=3.9.0,!=3.9.1")).toBe(true);
  expect(isMet("3.9.1", ">=3.9, !=3.9.0,!=3.9.1")).toBe(false);
  expect(isMet("0.1.dev3", "")).toBe(true);
  expect(isMet("nonsense", ">=1")).toBe(false);
});

// Found by comparing random versions with what `packaging` says.
test.each([
  ["2.0.post1.dev0", "<2.0.post2", true],
  ["2.0.post2.dev0", "<2.0.post2", false],
  ["2.0b2.post1", "<2.0.post1", true],
  ["2.0rc1", "<2.0rc2", true],
  ["1.0b1.post1", ">1.0a2", true],
  ["1.0a2.post1", ">1.0a2", false],
  ["1.0.post1", ">1.0a2", true],
  ["1!1.post1", ">1", true],
])("%s and %s: %s", (version, specifier, expected) => {
  expect(isMet(version, specifier)).toBe(expected);
});

test("=== compares texts, whatever they are", () => {
  expect(isMet("1.0.0-Beta", "===1.0.0-beta")).toBe(true);
  expect(isMet("1.0", "===1.0.0")).toBe(false);
});

test.each([
  "1.0",
  "=>2",
  "==",
  ">=1.0 2.0",
  "~=1",
  "~=1.0.*",
  ">=1.0.*",
  ">1.0+local",
  "~=1.0+local",
  "==1.0.dev1.*",
  "==1.0+local.*",
  "==1.0a1.*",
  "==1.0.*.2",
  ">=latest",
])("%s is not a specifier", (text) => {
  expect(parseSpecifiers(text)).toBeNull();
});
