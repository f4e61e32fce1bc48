import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startEmulator } from "./emulator.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-test-"));
  vi.stubEnv("TMPDIR", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const KIT = new URL("../dist/index.js", import.meta.url).href;

/** What lives in {@link folder}, by its command line. */
function processes(): string[] {
  const table = execFileSync("ps", ["-axww", "-o", "command="], { encoding: "utf8" });
  return table.split("\n").filter((command) => command.includes(folder));
}

it("runs two emulators side by side and leaves nothing behind", async () => {
  const [one, two] = await Promise.all([startEmulator(), startEmulator()]);
  try {
    expect(one.endpoint).not.toBe(two.endpoint);
    expect((await fetch(`${one.endpoint}/_ministack/health`)).ok).toBe(true);
    expect((await fetch(`${two.endpoint}/_ministack/health`)).ok).toBe(true);
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
  await expect(fetch(`${one.endpoint}/_ministack/health`)).rejects.toThrow();
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
});

it.each([
  ["an uncaught error", "throw new Error('test')"],
  ["process.exit", "process.exit(1)"],
  ["SIGKILL", "process.kill(process.pid, 'SIGKILL')"],
])("ends with a process that %s ends", async (_, ending) => {
  const script = `import { startEmulator } from "${KIT}"; await startEmulator(); console.log("started"); ${ending}`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(child.stdout).toBe("started\n");
  expect(child.status).not.toBe(0);
  await vi.waitFor(() => {
    expect(processes()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  }, 5_000);
});

it("hands on MiniStack's own variables", async () => {
  const emulator = await startEmulator({ env: { AUTH: "true" } });
  try {
    const response = await fetch(`${emulator.endpoint}/2015-03-31/functions/`);
    expect(response.status).toBe(403);
  } finally {
    await emulator.stop();
  }
});
