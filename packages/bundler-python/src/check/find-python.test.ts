import { chmodSync } from "node:fs";
import { basename } from "node:path";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, describe, expect, it } from "vitest";
import { anyPython, findPython } from "./find-python.ts";

let fixture: FsFixture;
afterEach(() => fixture?.rm());

const { signal } = new AbortController();
/** A minor version that no machine has. */
const MINOR = 16;

/** Answers the probe as a Python of that version does, whatever it is asked. */
function fake(version: readonly number[], more: Record<string, unknown> = {}): string {
  const told = { platform: "linux", machine: "aarch64", glibc: true, cpython: true, threads: false, version };
  const text = JSON.stringify({ ...told, ...more }).slice(1);
  return `#!/bin/sh\necho "{\\"executable\\": \\"$0\\", ${text.replaceAll('"', '\\"')}"\n`;
}

async function machine(files: Record<string, string>): Promise<string> {
  fixture = await createFixture(files);
  for (const path of Object.keys(files)) chmodSync(fixture.getPath(path), 0o755);
  return fixture.path.replace(/\/$/, "");
}

describe.runIf(process.platform !== "win32")("a Python of a minor version", () => {
  it.each([
    ["bin/python3.16", {}],
    ["bin/python3", {}],
    ["bin/python", {}],
    [".pyenv/versions/3.16.2/bin/python3.16", {}],
    [".local/share/uv/python/cpython-3.16.0-linux-aarch64-gnu/bin/python3.16", {}],
    ["uv/cpython-3.16-linux-aarch64-gnu/bin/python3.16", { UV_PYTHON_INSTALL_DIR: "uv" }],
    [".asdf/installs/python/3.16.2/bin/python3.16", {}],
    [".local/share/mise/installs/python/3.16.2/bin/python3.16", {}],
    [`cache/Python/3.16.2/${process.arch}/bin/python3.16`, { RUNNER_TOOL_CACHE: "cache" }],
    ["brew/opt/python@3.16/bin/python3.16", { HOMEBREW_PREFIX: "brew" }],
    ["miniforge3/envs/lambda/bin/python3", {}],
  ])("is found as %s", async (path, env) => {
    const home = await machine({ [path]: fake([3, MINOR, 2]) });
    const absolute = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, `${home}/${value}`]),
    );
    const found = await findPython({
      env: { HOME: home, PATH: `${home}/bin`, ...absolute },
      signal,
      minor: MINOR,
    });
    expect(found).toEqual({
      path: `${home}/${path}`,
      version: "3.16.2",
      minor: MINOR,
      architecture: "arm64",
      platform: "linux",
      glibc: true,
    });
  });

  it("is none of another version, without GIL, of another implementation, or a shim that finds nothing", async () => {
    const home = await machine({
      "bin/python3": fake([3, MINOR - 1, 0]),
      "bin/python3.16": "#!/bin/sh\necho 'pyenv: python3.16: command not found' >&2\nexit 127\n",
      "bin/python": "#!/bin/sh\necho hello\n",
      ".pyenv/versions/3.16.1/bin/python3.16": fake([3, MINOR, 1], { threads: true }),
      ".pyenv/versions/3.16.0/bin/python3.16": fake([3, MINOR, 0], { cpython: false }),
    });
    expect(await findPython({ env: { HOME: home, PATH: `${home}/bin` }, signal, minor: MINOR })).toBeNull();
  });

  it("is the one that a variable names, which has to fit", async () => {
    const home = await machine({ mine: fake([3, MINOR, 7]), "bin/python3": fake([3, MINOR, 0]) });
    const env = {
      HOME: home,
      PATH: `${home}/bin`,
      SLUICE_PYTHON_3_16: `${home}/mine`,
      SLUICE_PYTHON_3_15: `${home}/mine`,
    };
    expect((await findPython({ env, signal, minor: MINOR }))?.version).toBe("3.16.7");
    await expect(findPython({ env, signal, minor: 15 })).rejects.toMatchObject({
      code: "SLUICE_PYTHON_INTERPRETER_UNFIT",
    });
  });

  it("is searched once for each environment", async () => {
    const home = await machine({
      "bin/python3.16": `#!/bin/sh\necho . >> "${"$"}{0%/*}/../asked"\n${fake([3, MINOR, 0])}`,
    });
    const env = { HOME: home, PATH: `${home}/bin` };
    await Promise.all([1, 2].map(() => findPython({ env, signal, minor: MINOR })));
    await findPython({ env, signal, minor: MINOR });
    expect(await fixture.readFile("asked", "utf8")).toBe(".\n");
    await findPython({ env: { ...env }, signal, minor: MINOR });
    expect(await fixture.readFile("asked", "utf8")).toBe(".\n.\n");
  });
});

describe("any Python", () => {
  it("is a real one of this machine, and the one for its own minor version", async () => {
    const any = await anyPython({ env: process.env, signal });
    expect(any?.version).toMatch(/^3\.\d+\.\d+$/);
    const same = await findPython({ env: process.env, signal, minor: any?.minor ?? 0 });
    expect(same?.minor).toBe(any?.minor);
    expect(basename(same?.path ?? "")).toMatch(/^python/);
  });

  it.runIf(process.platform !== "win32")("is the newest", async () => {
    const home = await machine({
      "bin/python3": fake([3, 11, 0]),
      ".pyenv/versions/3.15.0/bin/python3.15": fake([3, 15, 0]),
      ".pyenv/versions/3.16.2/bin/python3.16": fake([3, 16, 2]),
    });
    expect((await anyPython({ env: { HOME: home, PATH: `${home}/bin` }, signal }))?.version).toBe("3.16.2");
  });

  it("is none that starts once the run is cancelled", async () => {
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(anyPython({ env: { ...process.env }, signal: controller.signal })).rejects.toThrow("enough");
  });
});
