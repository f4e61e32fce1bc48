import { expect, test } from "vitest";
import { pythonTarget } from "../target.ts";
import { environmentOf } from "./environment.ts";
import { evaluateMarker } from "./evaluate.ts";

function isMet(
  marker: string,
  options: { extras?: string[]; groups?: string[]; runtime?: string } = {},
): boolean {
  const target = pythonTarget(options.runtime ?? "python3.13", "arm64");
  if (target === null) throw new Error("no Python");
  return evaluateMarker(marker, environmentOf(target, options.extras, options.groups));
}

test.each([
  "python_version >= '3.8'",
  '"3.8" <= python_version',
  "python_version == '3.13'",
  "python_version ~= '3.8'",
  "python_full_version == '3.13.*'",
  "python_full_version < '3.14'",
  "python_full_version < '3.15' and python_full_version >= '3.13'",
  "implementation_version >= '3.9'",
  "sys_platform == 'linux' and platform_machine == 'aarch64'",
  "os_name == \"posix\" and (platform_system == 'Windows' or platform_system == 'Linux')",
  "platform_python_implementation != 'PyPy'",
  "implementation_name == 'cpython'",
  "sys_platform != 'win32' or sys_platform == 'darwin' and python_version < '3'",
  "python_version not in '2.7, 3.12'",
  "'arm' not in platform_machine and 'aarch' in platform_machine",
  "os.name == 'posix' and sys.platform == 'linux' and python_implementation == 'CPython'",
  "(((python_version>'3')))",
  "platform_release == ''",
])("%s is met", (marker) => {
  expect(isMet(marker)).toBe(true);
});

test.each([
  "python_version < '3.9'",
  // As versions: as texts, '3.13' would come before '3.9'.
  "'3.9' > python_version",
  "python_version != '3.13'",
  "sys_platform == 'win32' or platform_machine == 'x86_64'",
  "platform_system == 'linux'",
  "sys_platform == 'darwin' and python_version < '3' or sys_platform == 'win32'",
  "(sys_platform != 'win32' or python_version < '3') and os_name == 'nt'",
  "platform_release >= '20.9.0'",
  "python_version in '3.11 3.12'",
  // Texts have no order.
  "sys_platform > 'a'",
  "extra == 'http'",
])("%s is not met", (marker) => {
  expect(isMet(marker)).toBe(false);
});

test("the runtime's patch version is one that it has at least", () => {
  expect(isMet("python_full_version <= '3.11.0a6'", { runtime: "python3.11" })).toBe(false);
  expect(isMet("python_full_version < '3.11.3'", { runtime: "python3.11" })).toBe(false);
  expect(isMet("python_full_version >= '3.9.1'", { runtime: "python3.9" })).toBe(true);
  expect(isMet("python_full_version < '3.15.1'", { runtime: "python3.15" })).toBe(true);
});

test("extras and groups are sets of normalized names", () => {
  expect(isMet("extra == 'Pep_685...norm'", { extras: ["pep-685-NORM"] })).toBe(true);
  expect(isMet("extra == 'a' and extra != 'b'", { extras: ["a"] })).toBe(true);
  expect(isMet("extra == 'a' and extra != 'b'", { extras: ["a", "b"] })).toBe(false);
  expect(isMet("'a' in extras and 'b' not in extras", { extras: ["A"] })).toBe(true);
  expect(isMet("'dev' in dependency_groups", { extras: ["dev"] })).toBe(false);
  expect(isMet("'dev' in dependency_groups or 'x' in extras", { groups: ["dev"] })).toBe(true);
});

test.each([
  ["", "a comparison lacks a side"],
  ["python_version", "a comparison lacks its operator"],
  ["python_version >=", "a comparison lacks a side"],
  ["python_versoin >= '3'", "there is no variable python_versoin"],
  ["'a' == 'b'", "a comparison names no variable"],
  ["(os_name == 'nt'", "a bracket is not closed"],
  ["os_name == 'nt')", '")" is not expected'],
  ["os_name == 'nt' os_name == 'nt'", '"os_name" is not expected'],
  ["os_name == 'nt", '"\'nt" is not expected'],
  [`${"(".repeat(101)}os_name == 'nt'`, "nested too deep"],
])("%s is refused", (marker, reason) => {
  expect(() => isMet(marker)).toThrow(
    expect.objectContaining({
      code: "SLUICE_PYTHON_MARKER_INVALID",
      message: expect.stringContaining(reason),
    }),
  );
});
