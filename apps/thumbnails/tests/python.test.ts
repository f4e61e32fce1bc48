import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { buildPackage, copyRepository, ownPython, ROOT } from "./packaged.ts";

/** One of Python's tests: `tests.test_app.Handler.test_…`. */
interface Result {
  readonly name: string;
  readonly failure: string | null;
}

const repository = copyRepository();
afterAll(repository.remove);

/**
 * Runs Python's tests on what is deployed: the unpacked zip, Pillow and all, is the only place that they find
 * `thumbnails` in. It needs nothing of this machine but a Python.
 */
function runPythonTests(): readonly Result[] {
  const unpacked = join(repository.path, "unpacked");
  const zip = buildPackage(repository.path, ownPython());
  execFileSync("python3", ["-m", "zipfile", "-e", zip, unpacked]);
  const env = { PATH: process.env.PATH, PYTHONPATH: unpacked, PYTHONDONTWRITEBYTECODE: "1" };
  const ran = spawnSync("python3", ["-m", "tests"], { cwd: ROOT, env, encoding: "utf8" });
  if (ran.stdout === "") throw new Error(`Python's tests did not run:\n${ran.stderr}`);
  return JSON.parse(ran.stdout) as Result[];
}

const results = runPythonTests();

it("has run every test", () => {
  expect(results.length).toBeGreaterThan(25);
});

it.each(results)("$name", ({ failure }) => {
  expect(failure ?? "").toBe("");
});
