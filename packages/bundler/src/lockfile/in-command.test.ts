import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PNPM_9 } from "../testing/lockfiles/pnpm.ts";
import { startServer, type TestServer } from "../testing/registry.ts";

/** The command is published in chunks that hold their dependencies, with nothing installed beside them. */
let folder: string;
let server: TestServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-in-command-"));
  server = await startServer((_, response) => response.end("pong"));
  const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  await build({
    entryPoints: { lockfile: source("lockfile.ts"), client: source("../registry/client.ts") },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);',
    },
    external: ["esbuild"],
    logLevel: "silent",
  });
}, 60_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function run(script: string): Promise<string> {
  writeFileSync(join(folder, "run.mjs"), script);
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "run.mjs")], {
    cwd: folder,
    env: {},
  });
  return stdout;
}

describe("bundled into the command", () => {
  it("reads lockfiles that are YAML", async () => {
    writeFileSync(join(folder, "pnpm-lock.yaml"), PNPM_9);
    const shown = await run(
      `import { findLockfile } from "./lockfile.mjs"; console.log(findLockfile(${JSON.stringify(folder)}, ${JSON.stringify(folder)}).formatVersion);`,
    );
    expect(shown).toBe("9.0\n");
  }, 60_000);

  it("asks registries", async () => {
    const shown = await run(
      `import { createClient } from "./client.mjs";
      const client = await createClient({ npm: {}, unset: [], root: "/" }, {}, new AbortController().signal);
      const answer = await client.get(${JSON.stringify(server.endpoint)}, {});
      console.log(Buffer.from(answer.bytes).toString());
      await client.close();`,
    );
    expect(shown).toBe("pong\n");
  }, 60_000);
});
