import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { isSluiceError, type SluiceError } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installMinistack } from "./python.ts";
import { testContext } from "./testing/context.ts";
import { MINISTACK_FOLDER } from "./versions.ts";

let fixture: FsFixture;
beforeEach(async () => {
  fixture = await createFixture({ bin: {}, home: {} });
});
afterEach(() => fixture.rm());

/** A machine with these programs alone: shell scripts in the place of what it really has. */
function machine(programs: Readonly<Record<string, string>>, env: Record<string, string> = {}) {
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(fixture.getPath("bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(fixture.getPath("bin", name), 0o755);
  }
  return testContext({ cwd: fixture.path, env: { PATH: fixture.getPath("bin"), ...env } });
}

/** A Python that says it is `version`, and does the rest as `script` has it. */
function python(version: string, script: string): string {
  return `case "$*" in *version_info*) echo ${version} "$0"; exit;; esac\n${script}`;
}

async function failure(context: ReturnType<typeof machine>): Promise<SluiceError> {
  const error = await installMinistack(fixture.getPath("home"), context).catch((caught: unknown) => caught);
  if (!isSluiceError(error)) throw error;
  expect(readdirSync(fixture.getPath("home", MINISTACK_FOLDER))).toEqual([]);
  return error;
}

describe("installing MiniStack", () => {
  it("says that there is no Python", async () => {
    const error = await failure(machine({}));
    expect(error.code).toBe("SLUICE_LOCAL_NO_PYTHON");
    expect(error.hint).toContain("--endpoint-url");
  });

  it("says which Python is too old", async () => {
    const error = await failure(machine({ python3: python("3 9", "exit 1") }));
    expect(error.code).toBe("SLUICE_LOCAL_NO_PYTHON");
    expect(error.message).toContain("3.9");
  });

  it("takes a newer one beside it", async () => {
    const error = await failure(
      machine({
        python3: python("3 9", "exit 1"),
        "python3.12": python("3 12", "echo not this either; exit 1"),
      }),
    );
    expect(error.code).toBe("SLUICE_LOCAL_NO_VENV");
    expect(error.message).toContain("python3.12");
  });

  it("says what to install where venv and pip are missing, as in Debian", async () => {
    const script = `echo "ensurepip is not available" >&2; exit 1`;
    const error = await failure(machine({ python3: python("3 11", script) }));
    expect(error.code).toBe("SLUICE_LOCAL_NO_VENV");
    expect(error.message).toContain("ensurepip is not available");
    expect(error.hint).toContain("apt install python3-venv");
  });

  it("uses pip alone where only venv is missing, and the exact versions", async () => {
    const script = `case "$*" in "-m venv"*) exit 1;; "-m pip install"*) echo "$@" > ${fixture.getPath("asked")};; esac`;
    const context = machine({ python3: python("3 11", script) });
    const found = await installMinistack(fixture.getPath("home"), context);
    expect(found.path).toHaveLength(1);
    expect(found.version).toBe("3.11");
    const asked = await fixture.readFile("asked", "utf8");
    expect(asked).toContain(`--target ${found.path[0]}`);
    expect(asked).toContain("ministack==1.5.33 cryptography==");
    expect(context.events).toHaveLength(1);
    await installMinistack(fixture.getPath("home"), context);
    expect(context.events).toHaveLength(1);
  });

  it("falls back from uv to pip", async () => {
    const script = `case "$*" in "-m venv"*) exit 1;; esac`;
    const uv = `case "$1" in --version) exit 0;; esac\ntouch ${fixture.getPath("uv-ran")}; exit 2`;
    writeFileSync(fixture.getPath("bin", "touch"), '#!/bin/sh\n: > "$1"\n', { mode: 0o755 });
    const found = await installMinistack(
      fixture.getPath("home"),
      machine({ uv, python3: python("3 11", script) }),
    );
    expect(found.path).toHaveLength(1);
    expect(existsSync(fixture.getPath("uv-ran"))).toBe(true);
  });

  it("shows why uv failed where there is no Python to fall back to", async () => {
    const uv = `case "$1" in --version) exit 0;; esac\necho "no route to host" >&2; exit 2`;
    const error = await failure(machine({ uv }));
    expect(error.code).toBe("SLUICE_LOCAL_INSTALL_FAILED");
    expect(error.message).toContain("no route to host");
  });

  it("tells a full disk from a missing venv", async () => {
    const script = `echo "OSError: [Errno 28] No space left on device" >&2; exit 1`;
    expect((await failure(machine({ python3: python("3 11", script) }))).code).toBe("SLUICE_LOCAL_FOLDER");
  });

  it("shows the end of pip's output, without the password of its index", async () => {
    const script = `case "$*" in *install*) echo "cannot reach https://me:hunter22@pypi.corp/simple" >&2; exit 1;; "-m venv"*) exit 1;; esac`;
    const error = await failure(machine({ python3: python("3 11", script) }));
    expect(error.code).toBe("SLUICE_LOCAL_INSTALL_FAILED");
    expect(error.message).toContain("pypi.corp");
    expect(error.message).not.toContain("hunter22");
  });
});
