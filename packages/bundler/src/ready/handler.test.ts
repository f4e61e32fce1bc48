import { chmodSync, writeFileSync } from "node:fs";
import { createZip, readZip } from "@sluice/artifact";
import type { ResolvedFunction } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, problemsOf } from "../testing/repository.ts";
import { checkStartable } from "./handler.ts";

function declared(runtime: string, handler: string): ResolvedFunction {
  return functionOf("f", { source: "folder", entry: "package", runtime, runtimeDeclared: true, handler });
}

/** Whether the runtime finds in a package of these files what it starts. */
function starts(runtime: string, handler: string, paths: readonly string[]): boolean {
  const files = paths.map((path) => ({ path, executable: true }));
  try {
    checkStartable(declared(runtime, handler), files);
    return true;
  } catch {
    return false;
  }
}

describe("what a package has to hold", () => {
  it.each([
    ["nodejs22.x", "index.handler", "index.js", true],
    ["nodejs22.x", "index.handler", "index.ts", false],
    ["nodejs22.x", "index.handler", "dist/index.js", false],
    ["nodejs22.x", "dist/index.api.get", "dist/index.mjs", true],
    ["nodejs22.x", "index.handler", "index/index.js", true],
    ["nodejs22.x", "wrapper.handler", "node_modules/wrapper/index.js", true],
    ["nodejs22.x", "/opt/nodejs/wrapper.handler", "index.js", true],
    ["python3.13", "app.lambda_handler", "app.py", true],
    ["python3.13", "app.lambda_handler", "src/app.py", false],
    ["python3.13", "src/app.lambda_handler", "src/app.py", true],
    ["python3.13", "src.app.lambda_handler", "src/app/__init__.py", true],
    ["python3.13", "app.lambda_handler", "app.cpython-313-x86_64-linux-gnu.so", true],
    ["provided.al2023", "index.handler", "bootstrap", true],
    ["provided.al2023", "index.handler", "bin/bootstrap", false],
    ["java21", "com.example.App::handle", "com/example/App.class", true],
  ])("%s, started as %s, with %s: %s", (runtime, handler, path, expected) => {
    expect(starts(runtime, handler, [path])).toBe(expected);
  });

  it("is not asked of a package whose runtime is not declared", () => {
    expect(() => checkStartable(functionOf("f", { source: "folder" }), [])).not.toThrow();
  });

  it("is asked of folders and zips alike", async () => {
    await using fixture = await createFixture({ "package/main.js": "exports.handler = () => 1;" });
    const fn = declared("nodejs22.x", "index.handler");
    const [problem] = await problemsOf(fixture.path, fn);
    expect(problem).toMatchObject({ code: "SLUICE_HANDLER_MISSING", where: "functions.f.entry" });
    const zip = await createZip([{ path: "main.js", bytes: Buffer.from("1") }]);
    writeFileSync(fixture.getPath("f.zip"), zip.bytes);
    const ofZip = await problemsOf(fixture.path, { ...fn, source: "zip", entry: "f.zip" });
    expect(ofZip[0]?.message).toContain("index.mjs");
  });

  it("is a bootstrap that may be executed, which a folder's always may", async () => {
    await using fixture = await createFixture({ "package/bootstrap": "#!/bin/sh\n" });
    chmodSync(fixture.getPath("package/bootstrap"), 0o644);
    const fn = declared("provided.al2023", "index.handler");
    const artifact = one(await bundleAll(fixture.path, [fn]));
    expect(artifact.manifest.files).toMatchObject([{ path: "bootstrap", mode: 0o755 }]);
    const zip = await createZip([{ path: "bootstrap", bytes: Buffer.from("#!/bin/sh\n") }]);
    expect(readZip(zip.bytes).entries[0]?.mode).toBe(0o644);
    writeFileSync(fixture.getPath("f.zip"), zip.bytes);
    expect(await problemsOf(fixture.path, { ...fn, source: "zip", entry: "f.zip" })).toMatchObject([
      { code: "SLUICE_BOOTSTRAP_NOT_EXECUTABLE" },
    ]);
  });

  it("may be a ready zip, which takes no assets", async () => {
    await using fixture = await createFixture({ "x.txt": "x" });
    const zip = await createZip([{ path: "index.js", bytes: Buffer.from("1") }]);
    writeFileSync(fixture.getPath("f.zip"), zip.bytes);
    const fn = functionOf("f", { source: "zip", entry: "f.zip", assets: [{ from: "x.txt", to: null }] });
    expect(await problemsOf(fixture.path, fn)).toMatchObject([
      { code: "SLUICE_ZIP_TAKES_NO_ASSETS", where: "functions.f.assets" },
    ]);
  });
});
