import fs, { writeFileSync } from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";
import { createFixture } from "fs-fixture";
import { afterEach, expect, it, vi } from "vitest";
import { bundleAll, functionOf } from "../testing/repository.ts";

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

/** Records which files are read and written from now on. */
function recordAccess(): { readonly read: string[]; readonly written: string[]; readonly listed: string[] } {
  const access = { read: [] as string[], written: [] as string[], listed: [] as string[] };
  const { readFileSync, renameSync, readdirSync } = fs;
  const { readFile } = fsPromises;
  const noting =
    (list: string[], real: unknown, at = 0) =>
    (...args: unknown[]): never => {
      list.push(String(args[at]));
      return (real as (...all: unknown[]) => never)(...args);
    };
  vi.spyOn(fs, "readFileSync").mockImplementation(noting(access.read, readFileSync));
  vi.spyOn(fsPromises, "readFile").mockImplementation(noting(access.read, readFile));
  vi.spyOn(fs, "readdirSync").mockImplementation(noting(access.listed, readdirSync));
  vi.spyOn(fs, "renameSync").mockImplementation(noting(access.written, renameSync, 1));
  syncBuiltinESMExports();
  return access;
}

it("reads the record and the manifest of each function when nothing has changed, and writes nothing", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `f${index}`);
  const lock = { lockfileVersion: 3, packages: { "": { name: "app" } } };
  await using fixture = await createFixture({
    ".git/HEAD": "",
    "package-lock.json": JSON.stringify(lock),
    "src/shared.ts": "export const shared = 1;",
    ...Object.fromEntries(
      names.map((name) => [
        `src/${name}.ts`,
        `import { shared } from "./shared"; export const handler = () => [shared, "${name}"];`,
      ]),
    ),
  });
  const functions = names.map((name) => functionOf(name));
  await bundleAll(fixture.path, functions);
  // Long at rest by the clock of the next runs, so that size and times are trusted.
  const context = { now: () => Date.now() + 60_000 };
  await bundleAll(fixture.path, functions, { context });

  const access = recordAccess();
  const { artifacts } = await bundleAll(fixture.path, functions, { context });
  expect(artifacts.every((artifact) => artifact.cached)).toBe(true);
  const own = access.read.filter((path) => path.startsWith(fixture.path)).map((path) => basename(path));
  expect(own.sort()).toEqual(names.flatMap((name) => [`${name}.json`, `${name}.manifest.json`]).sort());
  expect(access.written).toEqual([]);
  expect(access.listed.filter((path) => path.includes(".sluice"))).toEqual([]);

  const before = access.read.length;
  writeFileSync(join(fixture.path, "package-lock.json"), JSON.stringify({ ...lock, name: "renamed" }));
  expect((await bundleAll(fixture.path, functions, { context })).artifacts[0]?.cached).toBe(true);
  expect(access.read.slice(before).some((path) => path.endsWith("package-lock.json"))).toBe(true);
});
