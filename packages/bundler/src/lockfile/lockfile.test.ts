import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSluiceError } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { BUN_2 } from "../testing/lockfiles/bun.ts";
import { NPM_1, NPM_3 } from "../testing/lockfiles/npm.ts";
import { PNPM_6, PNPM_9 } from "../testing/lockfiles/pnpm.ts";
import { YARN_1, YARN_10 } from "../testing/lockfiles/yarn.ts";
import { lockedPackages } from "./locked-package.ts";
import { findLockfile, lockfilePart, parseLockfile } from "./lockfile.ts";

/** File name, text, format, whether it marks the patched package, and whether it names os, cpu and libc. */
const FORMATS: readonly (readonly [string, string, string, boolean, boolean])[] = [
  ["package-lock.json", NPM_1, "1", false, false],
  ["package-lock.json", NPM_3, "3", false, true],
  ["npm-shrinkwrap.json", NPM_3, "3", false, true],
  ["pnpm-lock.yaml", PNPM_6, "6.0", true, true],
  ["pnpm-lock.yaml", PNPM_9, "9.0", true, true],
  ["yarn.lock", YARN_1, "1", false, false],
  ["yarn.lock", YARN_10, "10", true, true],
  ["bun.lock", BUN_2, "2", true, true],
];

const MUSL = "@img/sharp-linuxmusl-arm64";
const MUSL_INTEGRITY =
  "sha512-XrHMZwGQGvJg2V/oRSUfSAfjfPxO+4DkiRh6p2AFjLQztWUuY/o8Mq0eMQVIY7HJ1CDQUJlxGGZRw1a5bqmd1g==";

describe.each(FORMATS)("%s of %#", (file, text, format, marksPatches, namesMachines) => {
  const lockfile = parseLockfile(`/repo/${file}`, text);
  const isBerry = format === "10";

  it("is read with its format", () => {
    expect(lockfile).toMatchObject({ path: `/repo/${file}`, formatVersion: format });
    expect(
      lockfile.packages.every(({ name, version }) => name !== "" && /^\d+\.\d+\.\d+/.test(version)),
    ).toBe(true);
  });

  it("gives a platform's optional package", () => {
    const [found, ...others] = lockedPackages(lockfile, MUSL);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      version: "0.33.5",
      integrity: isBerry ? null : MUSL_INTEGRITY,
      os: namesMachines ? ["linux"] : null,
      cpu: namesMachines ? ["arm64"] : null,
      libc: namesMachines ? ["musl"] : null,
      optional: true,
      patched: false,
    });
    expect(lockedPackages(lockfile, "sharp")[0]?.optional).toBe(false);
  });

  it("gives every version and place, also under another name", () => {
    const versions = lockedPackages(lockfile, "ms").map(({ version }) => version);
    expect([...new Set(versions)].sort()).toEqual(["2.0.0", "2.1.2", "2.1.3"]);
    expect(lockedPackages(lockfile, "tool")).toEqual([]);
  });

  it("says what is patched", () => {
    expect(lockfile.packages.filter((one) => one.patched).map(({ name }) => name)).toEqual(
      marksPatches ? ["is-odd"] : [],
    );
  });

  it("says what a package depends on", () => {
    const [debug] = lockedPackages(lockfile, "debug");
    const [sharp] = lockedPackages(lockfile, "sharp");
    expect(Object.keys(debug?.dependencies ?? {})).toEqual(["ms"]);
    expect(debug?.dependencies["ms"]).toContain("2.0.0");
    const parts = { ...sharp?.dependencies, ...sharp?.optionalDependencies };
    expect(parts[MUSL]).toContain("0.33.5");
  });

  it("says what the root and a workspace package ask for", () => {
    const [root, tool] = lockfile.importers;
    if (root === undefined || tool === undefined)
      return expect(["package-lock.json", "yarn.lock"]).toContain(file);
    expect([root.path, tool.path]).toEqual(["", "packages/tool"]);
    expect(root.specifiers["ms"]).toContain("2.1.3");
    expect(Object.keys(tool.specifiers)).toEqual(expect.arrayContaining(["is-number", "ms"]));
  });

  it("has a part that other packages do not touch", () => {
    const names = new Set(["debug", "ms"]);
    const before = lockfilePart(lockfile, names);
    const other = parseLockfile(lockfile.path, text.replaceAll("0.33.5", "0.33.6"));
    const own = parseLockfile(lockfile.path, text.replaceAll("2.6.9", "2.6.8"));
    expect(lockfilePart(other, names)).toBe(before);
    expect(lockfilePart(own, names)).not.toBe(before);
    expect(lockfilePart(other, new Set(["sharp"]))).not.toBe(lockfilePart(lockfile, new Set(["sharp"])));
  });
});

describe("an older yarn.lock", () => {
  const text = `__metadata:
  version: 6
  cacheKey: 8

"debug@npm:2.6.9, log@npm:debug@2.6.9":
  version: 2.6.9
  resolution: "debug@npm:2.6.9::__archiveUrl=https%3A%2F%2Fnpm.acme.dev%2Fdebug%2F2.6.9.tgz"
  dependencies:
    ms: 2.0.0
  checksum: d2f5
  conditions: (os=darwin | os=linux)

"ms@npm:2.0.0":
  version: 2.0.0
  resolution: "ms@npm:2.0.0"
`;
  const lockfile = parseLockfile("yarn.lock", text);

  it("may name another place, another name, and several systems", () => {
    expect(lockedPackages(lockfile, "log")[0]).toMatchObject({
      tarball: "https://npm.acme.dev/debug/2.6.9.tgz",
      os: ["darwin", "linux"],
    });
  });
});

describe("a part of a lockfile", () => {
  it("changes with a patch's content", () => {
    const names = new Set(["is-odd"]);
    for (const [file, text, hash] of [
      ["pnpm-lock.yaml", PNPM_6, "4w5h6t"],
      ["pnpm-lock.yaml", PNPM_9, "3fe1df"],
      ["yarn.lock", YARN_10, "75a192"],
    ] as const) {
      const parts = [text, text.replaceAll(hash, "000000")].map((one) =>
        lockfilePart(parseLockfile(file, one), names),
      );
      expect(parts[0]).not.toBe(parts[1]);
    }
  });

  it("does not depend on the order of entries", () => {
    const { packages, ...rest } = JSON.parse(NPM_3);
    const turned = Object.fromEntries(Object.entries(packages).reverse());
    const names = new Set(["ms", "debug"]);
    const part = (text: string): string => lockfilePart(parseLockfile("package-lock.json", text), names);
    expect(part(JSON.stringify({ ...rest, packages: turned }))).toBe(part(NPM_3));
  });
});

describe("what cannot be read", () => {
  const problem = (file: string, text: string): unknown => {
    try {
      return parseLockfile(file, text);
    } catch (error) {
      return isSluiceError(error) ? error.problems[0] : error;
    }
  };

  it.each([
    ["package-lock.json", '{\n  "packages": {\n', "SLUICE_LOCKFILE_INVALID", "package-lock.json:2"],
    ["package-lock.json", '{\n  "a": 1,\n  b\n}', "SLUICE_LOCKFILE_INVALID", "package-lock.json:3"],
    ["package-lock.json", "[]", "SLUICE_LOCKFILE_INVALID", "package-lock.json:1"],
    ["package-lock.json", '{ "lockfileVersion": 4 }', "SLUICE_LOCKFILE_UNSUPPORTED", "package-lock.json"],
    [
      "pnpm-lock.yaml",
      "lockfileVersion: '9.0'\npackages: [\n",
      "SLUICE_LOCKFILE_INVALID",
      "pnpm-lock.yaml:3",
    ],
    ["pnpm-lock.yaml", "", "SLUICE_LOCKFILE_INVALID", "pnpm-lock.yaml:1"],
    ["pnpm-lock.yaml", "lockfileVersion: 5.4\n", "SLUICE_LOCKFILE_UNSUPPORTED", "pnpm-lock.yaml"],
    ["pnpm-lock.yaml", "lockfileVersion: '10.0'\n", "SLUICE_LOCKFILE_UNSUPPORTED", "pnpm-lock.yaml"],
    ["yarn.lock", 'a@1:\n  version "1.0.0"\n{\n', "SLUICE_LOCKFILE_INVALID", "yarn.lock:3"],
    // Many ways to read a line must not take the time of trying all of them.
    ["yarn.lock", `a@1:\n  version x${":y".repeat(40)} z z\n`, "SLUICE_LOCKFILE_INVALID", "yarn.lock:2"],
    ["yarn.lock", "__metadata:\n  version: 20\n", "SLUICE_LOCKFILE_UNSUPPORTED", "yarn.lock"],
    ["bun.lock", '{\n  "packages":\n', "SLUICE_LOCKFILE_INVALID", "bun.lock:2"],
    ["bun.lock", '{ "lockfileVersion": 9, "packages": {} }', "SLUICE_LOCKFILE_UNSUPPORTED", "bun.lock"],
    ["bun.lockb", "#!/usr/bin/env bun\nbun-lockfile-format-v0\n", "SLUICE_LOCKFILE_UNSUPPORTED", "bun.lockb"],
  ])("%s %j is %s at %s", (file, text, code, where) => {
    expect(problem(file, text)).toMatchObject({ code, where, kind: "usage" });
  });

  it.each(FORMATS)("%s with a merge's markers says so and where", (file, text) => {
    const lines = text.split("\n");
    lines.splice(4, 0, "<<<<<<< HEAD", "=======", ">>>>>>> feature");
    expect(problem(file, lines.join("\n"))).toMatchObject({
      code: "SLUICE_LOCKFILE_INVALID",
      where: `${file}:5`,
      message: expect.stringContaining("conflict"),
    });
  });
});

describe("finding the lockfile", () => {
  it("takes the nearest up to the top", async () => {
    await using repo = await createFixture({ "yarn.lock": YARN_1, "app/src/index.ts": "" });
    const folder = join(repo.path, "app/src");
    expect(findLockfile(folder, repo.path)?.path).toBe(join(repo.path, "yarn.lock"));
    expect(findLockfile(folder, join(repo.path, "app"))).toBeNull();
    writeFileSync(join(repo.path, "app/package-lock.json"), NPM_3);
    expect(findLockfile(folder, repo.path)).toMatchObject({ manager: "npm" });
  });

  it("takes the declared package manager's of several, else pnpm, yarn, bun, npm", async () => {
    await using repo = await createFixture({
      "yarn.lock": YARN_1,
      "package-lock.json": NPM_3,
      "bun.lock": BUN_2,
    });
    const manager = (manifest: unknown): string | undefined => {
      mkdirSync(repo.path, { recursive: true });
      writeFileSync(join(repo.path, "package.json"), JSON.stringify(manifest));
      return findLockfile(repo.path, repo.path)?.manager;
    };
    expect(manager({})).toBe("yarn");
    expect(manager({ packageManager: "npm@11.0.0" })).toBe("npm");
    expect(manager({ devEngines: { packageManager: { name: "bun" } } })).toBe("bun");
    expect(manager({ packageManager: "pnpm@10.0.0" })).toBe("yarn");
  });
});
