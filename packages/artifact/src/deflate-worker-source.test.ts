import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

const CONTENTS = `
import { deflateSync } from "fflate";
import { parentPort } from "node:worker_threads";
parentPort.on("message", ({ bytes, options }) => {
  const compressed = deflateSync(bytes, options);
  parentPort.postMessage(compressed, [compressed.buffer]);
});`;

const HEAD = `/*! fflate, copyright (c) 2026 Arjun Barrett, MIT licence: https://github.com/101arrowz/fflate */

/**
 * A worker thread that deflates with fflate, as one script: a worker's file of its own would be lost when this package is
 * bundled. Generated from the installed fflate by \`vitest run -u\`; not edited by hand.
 */`;

it("is the installed fflate", async () => {
  const { outputFiles } = await build({
    stdin: { contents: CONTENTS, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    conditions: ["import"],
    write: false,
  });
  const script = (outputFiles[0]?.text ?? "").trim().replace(/[\\`]|\$\{/g, "\\$&");
  await expect(`${HEAD}\nexport const DEFLATE_WORKER: string = \`${script}\`;\n`).toMatchFileSnapshot(
    "deflate-worker-source.ts",
  );
});
