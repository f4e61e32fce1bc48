import { execFileSync } from "node:child_process";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { functionOf } from "./testing/repository.ts";

interface Outcome {
  readonly cached?: boolean;
  readonly code?: string;
  /** Whether esbuild was loaded. */
  readonly loaded: boolean;
}

/** Bundles one function in a process of its own, as the built package. Fails when the process does not end by itself. */
function bundleInProcess(root: string, env: Record<string, string> = {}): Outcome {
  const fn = JSON.stringify(functionOf("a"));
  const script = `
    import { createRequire } from "node:module";
    import { bundler } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    const fn = ${fn}, quiet = () => {};
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const signal = new AbortController().signal;
    const context = { cwd: "", env: {}, log, redact: String, signal, concurrency: 1, emit: quiet, now: Date.now, sleep: quiet };
    const config = { file: null, root: ${JSON.stringify(root)}, functions: [fn], environments: [], branches: [], plugins: [] };
    const input = { function: fn, all: [fn], config, ref: null, packageVersion: null };
    const outcome = await bundler().bundle(input, context).then(({ cached }) => ({ cached }), ({ code }) => ({ code }));
    const modules = Object.keys(createRequire(import.meta.url).cache);
    const loaded = modules.some((path) => path.includes("esbuild"));
    process.stdout.write(JSON.stringify({ ...outcome, loaded }));`;
  const args = ["--input-type=module", "-e", script];
  const output = execFileSync(process.execPath, args, {
    timeout: 20_000,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output.toString());
}

describe("the built package", () => {
  it("lets the process end, and does without esbuild when nothing has changed", async () => {
    await using fixture = await createFixture({ "src/a.ts": "export const handler = () => 1;" });
    expect(bundleInProcess(fixture.path)).toEqual({ cached: false, loaded: true });
    expect(bundleInProcess(fixture.path)).toEqual({ cached: true, loaded: false });
  });

  it("says so when esbuild's binary does not run", async () => {
    await using fixture = await createFixture({ "src/a.ts": "export const handler = () => 1;" });
    const { code } = bundleInProcess(fixture.path, { ESBUILD_BINARY_PATH: "/bin/false" });
    expect(code).toBe("SLUICE_ESBUILD_UNAVAILABLE");
  });
});
