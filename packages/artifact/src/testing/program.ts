import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SOURCES = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundles a program into one minified file, as the command ships this package. `source` imports `./index.ts` and whatever
 * else is in the package.
 */
export async function buildProgram(source: string, outfile: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: SOURCES },
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    format: "esm",
    target: "node20",
    write: false,
  });
  await writeFile(outfile, outputFiles[0]?.contents ?? "");
}

/** Starts a program with this Node.js. `output` is what it prints until it ends. */
export function startProgram(
  file: string,
  args: readonly string[],
): { child: ChildProcess; output: Promise<string> } {
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, output: once(child, "close").then(() => text.trim()) };
}
