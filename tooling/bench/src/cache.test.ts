import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { cached } from "./cache.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-cache-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

it("fills a folder once, and anew when it was left half filled", async () => {
  const half = (path: string): Promise<never> =>
    writeFile(join(path, "half"), "").then(() => Promise.reject(new Error("cut off")));
  await expect(cached("tool", half)).rejects.toThrow("cut off");
  let fills = 0;
  const whole = async (path: string): Promise<void> => {
    fills += 1;
    await writeFile(join(path, "whole"), "");
  };
  const first = await cached("tool", whole);
  expect(await cached("tool", whole)).toBe(first);
  expect(fills).toBe(1);
  expect((await readdir(first)).sort()).toEqual([".ready", "whole"]);
});
