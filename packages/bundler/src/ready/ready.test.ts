import { chmodSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createZip, digestOf } from "@sluice/artifact";
import type { ResolvedFunction } from "@sluice/core";
import { elf } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, problemsOf, type Run, unpacked } from "../testing/repository.ts";

let fixture: FsFixture;

beforeEach(async () => {
  fixture = await createFixture({ "package/index.js": "exports.handler = () => 1;", ".git/HEAD": "" });
  return () => fixture.rm();
});

function ready(overrides: Partial<ResolvedFunction>): ResolvedFunction {
  return functionOf("f", { entry: "package", source: "folder", ...overrides });
}

function bundle(overrides: Partial<ResolvedFunction>): Promise<Run> {
  return bundleAll(fixture.path, [ready(overrides)]);
}

function modes(run: Run): Record<string, number> {
  return Object.fromEntries(one(run).manifest.files.map((file) => [file.path, file.mode]));
}

describe("a folder", () => {
  it("is packed with its executables, links followed, and found unchanged", async () => {
    await fixture.mkdir("package/bin");
    await fixture.writeFile("package/bin/run", "#!/bin/sh\n");
    chmodSync(fixture.getPath("package/bin/run"), 0o710);
    symlinkSync("index.js", fixture.getPath("package/link.js"));
    symlinkSync("..", fixture.getPath("package/bin/loop"));
    const run = await bundle({});
    expect(modes(run)).toEqual({ "bin/run": 0o755, "index.js": 0o644, "link.js": 0o644 });
    expect(one(run).manifest.compatibleRuntimes).toContain("python3.13");
    expect(one(await bundle({})).cached).toBe(true);
    chmodSync(fixture.getPath("package/bin/run"), 0o600);
    expect(modes(await bundle({}))["bin/run"]).toBe(0o644);
  });

  it("leaves secrets and caches out, with a notice, and takes one that is named", async () => {
    for (const path of [
      ".env.prod",
      "ca.pem",
      "id_rsa",
      ".git/config",
      "node_modules/.cache/x/y",
      "env.js",
    ]) {
      await fixture.mkdir(join("package", path, ".."));
      await fixture.writeFile(join("package", path), "secret");
    }
    const run = await bundle({ assets: [{ from: "package/ca.pem", to: "ca.pem" }] });
    expect(Object.keys(modes(run))).toEqual(["ca.pem", "env.js", "index.js"]);
    expect(run.notices).toHaveLength(1);
    for (const name of [".env.prod", "id_rsa", ".git/", "node_modules/.cache/"])
      expect(run.notices[0]).toContain(name);
    expect(run.notices[0]).not.toContain("ca.pem");
    const [advice] = (await bundle({ name: "advised" })).notices;
    expect(advice).toContain('assets: [{ from: "package/.env.prod", to: ".env.prod" }]');
  });

  it("refuses links that leave the repository, and links to nothing", async () => {
    symlinkSync("/etc/hosts", fixture.getPath("package/hosts"));
    expect(await problemsOf(fixture.path, ready({}))).toMatchObject([
      { code: "SLUICE_SYMLINK_OUTSIDE", where: "package/hosts" },
    ]);
    await fixture.rm("package/hosts");
    symlinkSync("gone", fixture.getPath("package/broken"));
    expect(await problemsOf(fixture.path, ready({}))).toMatchObject([
      { code: "SLUICE_FILE_UNREADABLE", where: "package/broken" },
    ]);
  });

  it("must exist and hold something", async () => {
    await fixture.mkdir("empty");
    expect((await problemsOf(fixture.path, ready({ entry: "empty" })))[0]?.code).toBe("SLUICE_FOLDER_EMPTY");
    expect((await problemsOf(fixture.path, ready({ entry: "gone" })))[0]?.code).toBe(
      "SLUICE_ENTRY_NOT_FOUND",
    );
  });

  it("tells its architecture by the machine code in it", async () => {
    writeFileSync(fixture.getPath("package/addon.node"), elf("arm64"));
    expect(one(await bundle({})).manifest).toMatchObject({
      architecture: "arm64",
      compatibleArchitectures: ["arm64"],
    });
    const declared = { architecture: "x86_64", architectureDeclared: true } as const;
    expect(await problemsOf(fixture.path, ready(declared))).toMatchObject([
      {
        code: "SLUICE_NATIVE_ARCHITECTURE",
        where: "addon.node",
        message: expect.stringContaining("arm64"),
      },
    ]);
    writeFileSync(fixture.getPath("package/addon-x64.node"), elf("x86_64"));
    expect(one(await bundle(declared)).manifest.compatibleArchitectures).toEqual(["x86_64"]);
  });

  it("is refused with an addon for macOS alone", async () => {
    const machO = Buffer.concat([Buffer.from("cffaedfe", "hex"), Buffer.alloc(16)]);
    writeFileSync(fixture.getPath("package/addon.node"), machO);
    expect((await problemsOf(fixture.path, ready({})))[0]?.message).toContain("macOS");
  });
});

describe("a ready zip", () => {
  it("is taken as it is", async () => {
    const zip = await createZip([{ path: "bootstrap", bytes: elf("arm64"), executable: true }]);
    writeFileSync(fixture.getPath("f.zip"), zip.bytes);
    const run = await bundle({
      source: "zip",
      entry: "f.zip",
      runtime: "provided.al2023",
      runtimeDeclared: true,
    });
    expect(one(run).manifest).toMatchObject({
      digest: digestOf(zip.bytes),
      compatibleRuntimes: ["provided.al2023"],
      compatibleArchitectures: ["arm64"],
    });
    expect(modes(run)).toEqual({ bootstrap: 0o755 });
    expect(readFileSync(one(run).path).equals(Buffer.from(zip.bytes))).toBe(true);
  });

  it("must be one", async () => {
    await fixture.writeFile("f.zip", "not a zip at all, but long enough to be looked at");
    expect((await problemsOf(fixture.path, ready({ source: "zip", entry: "f.zip" })))[0]?.code).toMatch(
      /^SLUICE_ZIP_/,
    );
  });
});

describe("a build command", () => {
  const script = { runtime: "provided.al2023", runtimeDeclared: true, entry: "out/main" } as const;

  it("makes a file that provided runtimes start", async () => {
    await fixture.writeFile("main.sh", "#!/bin/sh\necho $1\n");
    const command = "mkdir -p out && cp main.sh out/main && chmod 644 out/main";
    const run = await bundle({ ...script, command });
    expect(modes(run)).toEqual({ bootstrap: 0o755 });
    expect(one(await bundle({ ...script, command })).cached).toBe(false);
  });

  it("makes a folder, a zip or a file under its own name", async () => {
    const folder = await bundle({ entry: "out", command: "mkdir out && echo 1 > out/x.jar" });
    expect(unpacked(one(folder))).toEqual({ "x.jar": "1\n" });
    const file = await bundle({ entry: "out/x.jar", command: "true" });
    expect(Object.keys(unpacked(one(file)))).toEqual(["x.jar"]);
    const zip = await bundle({ entry: "copy.zip", command: "cp .sluice/artifacts/f.zip copy.zip" });
    expect(one(zip).manifest.digest).toBe(one(file).manifest.digest);
  });

  it("knows the function, runs once for several, and speaks at debug", async () => {
    const command =
      'mkdir -p out; echo "$SLUICE_FUNCTION $SLUICE_RUNTIME $SLUICE_ARCHITECTURE" | tee -a out/main';
    const functions = ["f", "g"].map((name) => functionOf(name, { ...script, source: "folder", command }));
    const run = await bundleAll(fixture.path, functions);
    expect(unpacked(one(run)).bootstrap).toBe("f provided.al2023 x86_64\n");
    expect(run.context.lines).toEqual([{ level: "debug", message: "f: f provided.al2023 x86_64" }]);
  });

  it("runs again only when one of its inputs has changed", async () => {
    await fixture.writeFile("main.go", "1");
    const overrides = {
      ...script,
      inputs: ["*.go"],
      command: "mkdir -p out; cat *.go > out/main; echo ran >> runs",
    };
    await bundle(overrides);
    expect(one(await bundle(overrides)).cached).toBe(true);
    await fixture.writeFile("more.go", "2");
    expect(unpacked(one(await bundle(overrides))).bootstrap).toBe("12");
    expect(readFileSync(fixture.getPath("runs"), "utf8")).toBe("ran\nran\n");
  });

  it("takes inputs for settled that were written in the millisecond of its start, and for open that were written later", async () => {
    const start = 1_800_000_000_000;
    let now = start;
    const context = {
      now: (): number => {
        now += 10;
        return now - 10;
      },
    };
    await fixture.writeFile("main.go", "1");
    const fn = ready({ ...script, inputs: ["*.go"], command: "mkdir -p out; cat main.go > out/main" });
    const cached = async (): Promise<boolean> => {
      now = start;
      return one(await bundleAll(fixture.path, [fn], { context })).cached;
    };
    utimesSync(fixture.getPath("main.go"), start / 1000, (start + 5) / 1000);
    expect([await cached(), await cached()]).toEqual([false, false]);
    utimesSync(fixture.getPath("main.go"), start / 1000, start / 1000);
    expect([await cached(), await cached()]).toEqual([false, true]);
  });

  it("must have inputs when it names some", async () => {
    const problems = await problemsOf(fixture.path, ready({ command: "true", inputs: ["*.rs"] }));
    expect(problems).toMatchObject([{ code: "SLUICE_INPUTS_NOT_FOUND", where: "functions.f.inputs" }]);
  });

  it("fails with its exit code and last lines, without secrets", async () => {
    const command = "for i in $(seq 30); do echo line $i; done; echo Bearer abcdefghijklmnop >&2; exit 7";
    const [problem] = await problemsOf(fixture.path, ready({ command }));
    expect(problem).toMatchObject({ code: "SLUICE_COMMAND_FAILED", where: "functions.f.command" });
    expect(problem?.message).toMatch(/exit code 7.*line 30/s);
    expect(problem?.message).not.toMatch(/line 5\b|abcdefghijklmnop/);
  });

  it("must make what entry names", async () => {
    const [problem] = await problemsOf(fixture.path, ready({ entry: "gone", command: "true" }));
    expect(problem).toMatchObject({ code: "SLUICE_COMMAND_OUTPUT_MISSING" });
  });
});
