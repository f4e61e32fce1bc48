import { readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { expect, it } from "vitest";
import type { FileSet } from "./check-options.ts";
import { keptFolder } from "./kept-files.ts";
import { withStage } from "./scratch.ts";

const setOf = (id: string): FileSet => ({
  id,
  files: [
    { path: "pandas/__init__.py", bytes: Buffer.from("import os\n"), executable: false },
    { path: "pandas/data.bin", bytes: Buffer.alloc(4_000_000), executable: false },
  ],
});
const NOW = Date.UTC(2026, 10, 21);

it("stay for later runs, and are made whole again", async () => {
  await using home = await createFixture();
  const place = keptFolder(home.path, setOf("a"), NOW) ?? "none";
  const file = join(place, "pandas/__init__.py");
  const { ino } = statSync(file);
  expect(keptFolder(home.path, setOf("a"), NOW)).toBe(place);
  expect(statSync(file).ino).toBe(ino);
  rmSync(file);
  expect(keptFolder(home.path, setOf("a"), NOW)).toBe(place);
  truncateSync(file, 3);
  expect(keptFolder(home.path, setOf("a"), NOW)).toBe(place);
  expect(statSync(file).size).toBe(10);
});

it("are few, and not for long", async () => {
  await using home = await createFixture();
  const days = 24 * 3_600_000;
  keptFolder(home.path, setOf("old"), NOW - 20 * days);
  for (const [index, id] of ["a", "b", "c", "d"].entries()) keptFolder(home.path, setOf(id), NOW + index);
  expect(readdirSync(home.getPath("unpacked")).sort()).toEqual(["b", "c", "d"]);
});

it("are done without where they are small, or cannot be kept", async () => {
  await using home = await createFixture({ file: "" });
  expect(keptFolder(home.path, { id: "small", files: setOf("x").files.slice(0, 1) }, NOW)).toBeNull();
  expect(keptFolder(home.getPath("file"), setOf("a"), NOW)).toBeNull();
  const size = await withStage(
    new Map(),
    [],
    { dependencies: setOf("a") },
    (withUnpacked) => withUnpacked(async ({ root }) => statSync(join(root, "pandas/data.bin")).size),
    { home: home.getPath("file"), now: NOW },
  );
  expect(size).toBe(4_000_000);
});

it("are linked into a function's folder, which is gone afterwards", async () => {
  await using home = await createFixture();
  const run = () =>
    withStage(
      new Map(),
      [],
      { dependencies: setOf("a") },
      (withUnpacked) =>
        withUnpacked(async ({ root }, isShared) => [
          isShared,
          statSync(join(root, "pandas/__init__.py")).nlink,
          root,
        ]),
      { home: home.path, now: NOW },
    );
  const [first] = await Promise.all([run()]);
  expect(first.slice(0, 2)).toEqual([true, 2]);
  expect(() => statSync(String(first[2]))).toThrow(/ENOENT/);
  expect(statSync(home.getPath("unpacked/a/pandas/__init__.py")).nlink).toBe(1);
});

it("may be deleted by another run amid a check", async () => {
  await using home = await createFixture();
  const size = await withStage(
    new Map(),
    [],
    { dependencies: setOf("a") },
    (withUnpacked) =>
      withUnpacked(async ({ root }) => {
        rmSync(home.getPath("unpacked"), { recursive: true });
        return statSync(join(root, "pandas/data.bin")).size;
      }),
    { home: home.path, now: NOW },
  );
  expect(size).toBe(4_000_000);
});
