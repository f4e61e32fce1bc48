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
