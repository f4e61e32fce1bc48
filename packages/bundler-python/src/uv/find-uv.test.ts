import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isSluiceError } from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PythonRun } from "../run.ts";
import { startIndex } from "../testing/index-server.ts";
import { makeWheel } from "../testing/wheels.ts";
import { fetchRelease } from "./fetch-release.ts";
import { findUv } from "./find-uv.ts";
import { findInstalledUv, installUv } from "./install-uv.ts";
import { UV_VERSION, uvRelease } from "./releases.ts";

const TIMEOUT = 60_000;

let fixture: FsFixture;
beforeEach(async () => {
  fixture = await createFixture({ "bin/keep": "", "repo/keep": "" });
});
afterEach(() => fixture.rm());

/** A program that says what it is, and writes down that it was asked. */
async function program(path: string, says: string): Promise<string> {
  const absolute = fixture.getPath(path);
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(absolute, `#!/bin/sh\necho "${path} $*" >> "${fixture.path}/asked"\n${says}\n`);
  await chmod(absolute, 0o755);
  return absolute;
}

function runWith(env: Record<string, string> = {}): PythonRun & { context: ReturnType<typeof testContext> } {
  const context = testContext({
    cwd: fixture.getPath("repo"),
    // No index: what is not on this machine cannot be had.
    env: {
      PATH: fixture.getPath("bin"),
      HOME: fixture.path,
      PIP_NO_INDEX: "1",
      PIP_CONFIG_FILE: "/dev/null",
      ...env,
    },
  });
  const root = fixture.getPath("repo");
  const fn = { python: { findLinks: [] } };
  const places = { root, repository: root, home: fixture.getPath("home") };
  return { context, fn, ...places } as unknown as PythonRun & { context: ReturnType<typeof testContext> };
}

async function asked(): Promise<string[]> {
  const text = await readFile(fixture.getPath("asked"), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "nothing was thrown",
    (error: unknown) => (isSluiceError(error) ? error.code : error),
  );
}

describe("uv", () => {
  it("is the one on the PATH, asked once in a run", { timeout: TIMEOUT }, async () => {
    await program("bin/uv", 'echo "uv 0.10.0 (abc 2026-01-01)"');
    const run = runWith();
    const found = await Promise.all([findUv(run), findUv(run), findUv(run)]);
    expect(found[0]).toEqual({ command: "uv", prefix: [], version: "0.10.0" });
    expect(await asked()).toEqual(["bin/uv --version"]);
    expect(run.context.events).toEqual([]);
  });

  it("is the one that SLUICE_UV names, or an error", { timeout: TIMEOUT }, async () => {
    await program("bin/uv", 'echo "uv 0.10.0"');
    const named = await program("elsewhere/uv", 'echo "uv 0.9.8"');
    expect(await findUv(runWith({ SLUICE_UV: named }))).toMatchObject({ command: named, version: "0.9.8" });
    const old = await program("old/uv", 'echo "uv 0.9.7"');
    expect(await codeOf(findUv(runWith({ SLUICE_UV: old })))).toBe("SLUICE_PYTHON_UV_UNUSABLE");
    expect(await codeOf(findUv(runWith({ SLUICE_UV: "/nowhere/uv" })))).toBe("SLUICE_PYTHON_UV_UNUSABLE");
  });

  it("is the installed one where the one on the PATH is too old, else Python's", {
    timeout: TIMEOUT,
  }, async () => {
    await program("bin/uv", 'echo "uv 0.4.1"');
    const python = await program(
      "bin/python3",
      'case "$1" in -c) echo "3 12 $0";; *) echo "uv 0.11.0";; esac',
    );
    expect(await findUv(runWith())).toEqual({ command: python, prefix: ["-m", "uv"], version: "0.11.0" });
    const installed = await program(`home/uv-${UV_VERSION}/uv`, `echo "uv ${UV_VERSION}"`);
    expect(await findUv(runWith())).toMatchObject({ command: installed, prefix: [] });
  });

  it("gives way to pip where it cannot be had, and says so once", { timeout: TIMEOUT }, async () => {
    const run = runWith();
    expect(await Promise.all([findUv(run), findUv(run)])).toEqual([null, null]);
    const told = run.context.events.flatMap((event) => (event.type === "notice" ? event.message : []));
    expect(told).toHaveLength(2);
    expect(told[1]).toMatch(/the package index does not have uv-.*\.whl.*pip resolves/);
    expect(await codeOf(findUv(runWith({ SLUICE_PYTHON_INSTALLER: "uv" })))).toBe("SLUICE_PYTHON_UV_MISSING");
    expect(await codeOf(findUv(runWith({ SLUICE_PYTHON_INSTALLER: "conda" })))).toBe(
      "SLUICE_PYTHON_INSTALLER_UNKNOWN",
    );
  });

  it("is not looked for when pip is asked for", async () => {
    await program("bin/uv", 'echo "uv 0.10.0"');
    const run = runWith({ SLUICE_PYTHON_INSTALLER: "pip" });
    expect(await findUv(run)).toBeNull();
    expect(await asked()).toEqual([]);
    expect(run.context.events).toEqual([]);
  });
});

describe("an installation of uv", () => {
  const inside = `uv-${UV_VERSION}.data/scripts/uv`;
  const wheel = makeWheel({
    name: "uv",
    version: UV_VERSION,
    files: { [inside]: { content: "#!/bin/sh\n", mode: 0o100755 } },
  });

  it("comes whole from the index, once, however many ask", { timeout: TIMEOUT }, async () => {
    const { filename, sha256 } = wheel;
    await using index = await startIndex({ packages: [wheel] });
    const run = runWith({ PIP_NO_INDEX: "", UV_DEFAULT_INDEX: index.url });
    const release = { filename, sha256 };
    const install = (): Promise<string | null> =>
      installUv(run.home, release, (wanted, folder) => fetchRelease(run, wanted, folder));
    const paths = await Promise.all([install(), install(), install()]);
    expect(new Set(paths)).toEqual(new Set([join(run.home, `uv-${UV_VERSION}`, "uv")]));
    expect(await findInstalledUv(run.home)).toBe(paths[0]);
    expect((await readdir(run.home)).filter((name) => name.startsWith("installing"))).toEqual([]);

    const wrong = installUv(
      fixture.getPath("other"),
      { filename, sha256: "0".repeat(64) },
      (wanted, folder) => fetchRelease(run, wanted, folder),
    );
    expect(await codeOf(wrong)).toBe("SLUICE_PYTHON_HASH_MISMATCH");
    expect(await readdir(fixture.getPath("other"))).toEqual([]);
    expect(await fetchRelease(run, { filename: "uv-0.0.0.whl", sha256 }, fixture.path)).toBeNull();
  });
});

it("has a pinned wheel for the usual machines alone", () => {
  const names = [
    { platform: "linux", arch: "x64", libc: "glibc" },
    { platform: "linux", arch: "x64", libc: "musl" },
    { platform: "linux", arch: "arm64", libc: "musl" },
    { platform: "darwin", arch: "arm64", libc: "musl" },
    { platform: "win32", arch: "x64", libc: "musl" },
  ] as const;
  expect(names.map((host) => uvRelease(host)?.filename.split("-").at(-1))).toEqual([
    "manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "musllinux_1_1_x86_64.whl",
    "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
    "macosx_11_0_arm64.whl",
    "win_amd64.whl",
  ]);
  expect(uvRelease({ platform: "freebsd", arch: "x64", libc: "glibc" })).toBeNull();
});
