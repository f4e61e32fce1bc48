import { describe, expect, it } from "vitest";
import type { Failure } from "./child/job.ts";
import { faultOf } from "./fault.ts";

const SCENE = { root: "/tmp/task", checked: 22, wanted: 22, altered: false };

function failure(overrides: Partial<Failure>): Failure {
  return { name: "Error", message: "", stack: "", code: null, path: null, cause: null, ...overrides };
}

describe("faults of the package", () => {
  it.each<[string, Partial<Failure>]>([
    ["a missing module", { code: "MODULE_NOT_FOUND", message: "Cannot find module 'a'" }],
    ["an ES module that is required", { code: "ERR_REQUIRE_ESM", message: "require() of ES Module" }],
    ["native code for another system", { code: "ERR_DLOPEN_FAILED", message: "invalid ELF header" }],
    [
      "a package's own words for it",
      { message: 'Could not load the "sharp" module using the linux-x64 runtime' },
    ],
    ["a driver's", { message: "Please install pg package manually" }],
    ["a bundle of a bundle", { message: 'Dynamic require of "fs" is not supported' }],
    [
      "a name of the other format",
      { name: "ReferenceError", message: "require is not defined in ES module scope" },
    ],
    [
      "an interop",
      { name: "TypeError", message: "Class extends value #<Object> is not a constructor or null" },
    ],
    ["a file below the root", { code: "ENOENT", path: "/tmp/task/a.txt", message: "ENOENT" }],
    ["a file below the folder that it works in", { code: "ENOENT", path: "./a.txt", message: "ENOENT" }],
    [
      "the loader's syntax error",
      {
        name: "SyntaxError",
        stack: "SyntaxError: x\n    at wrapSafe (node:internal/modules/cjs/loader:1:1)",
      },
    ],
    ["a cause", { message: "cannot start", cause: failure({ code: "ERR_DLOPEN_FAILED" }) }],
  ])("%s", (_, given) => {
    expect(faultOf(failure(given), SCENE)).not.toBeNull();
  });
});

describe("no faults of the package", () => {
  it.each<[string, Partial<Failure>]>([
    ["an error of the module's own", { message: "TABLE is required" }],
    [
      "text that was parsed",
      { name: "SyntaxError", stack: "SyntaxError: x\n    at JSON.parse (<anonymous>)" },
    ],
    ["a file outside of the root", { code: "ENOENT", path: "/opt/config.json", message: "ENOENT" }],
    ["a file above the root", { code: "ENOENT", path: "../a.txt", message: "ENOENT" }],
    ["a program that is not there", { code: "ENOENT", path: "git", message: "spawnSync git ENOENT" }],
    ["a folder beside the root", { code: "ENOENT", path: "/tmp/tasks", message: "ENOENT" }],
    [
      "a property of nothing",
      { name: "TypeError", message: "Cannot read properties of undefined (reading 'a')" },
    ],
    ["an older C library", { code: "ERR_DLOPEN_FAILED", message: "version `GLIBC_2.34' not found" }],
  ])("%s", (_, given) => {
    expect(faultOf(failure(given), SCENE)).toBeNull();
  });

  it.each<[string, Partial<Failure>]>([
    ["syntax", { name: "SyntaxError" }],
    ["a global", { name: "ReferenceError", message: "WebSocket is not defined" }],
    ["a method", { name: "TypeError", message: "Promise.try is not a function" }],
    [
      "a built-in module",
      { code: "ERR_UNKNOWN_BUILTIN_MODULE", message: "No such built-in module: node:sqlite" },
    ],
    ["another version's native code", { code: "ERR_DLOPEN_FAILED", message: "NODE_MODULE_VERSION 127" }],
  ])("%s that an older Node.js lacks", (_, given) => {
    expect(faultOf(failure(given), SCENE)).not.toBeNull();
    expect(faultOf(failure(given), { ...SCENE, checked: 20 })).toBeNull();
  });
});
