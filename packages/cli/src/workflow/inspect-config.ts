import { createHash } from "node:crypto";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Problem } from "@sluice/core";

/** esbuild's loader for a configuration file, by its extension. */
function loaderOf(file: string): "ts" | "json" | "js" {
  const extension = extname(file);
  if (extension === ".json") return "json";
  return /^\.m?ts$/.test(extension) ? "ts" : "js";
}

function duplicateKey(
  file: string,
  text: string,
  location: { line: number; column: number } | null,
): Problem {
  const at = location === null ? "" : `:${location.line}:${location.column + 1}`;
  return {
    code: "SLUICE_CONFIG_DUPLICATE_KEY",
    kind: "usage",
    message: `${text.replace(/"/g, "`")}: the second silently replaces the first, be it a function or an environment.`,
    where: `${basename(file)}${at}`,
    hint: "Rename one of the two, or take it out.",
  };
}

/**
 * Finds what only the text of a configuration shows: a key written twice, of which JavaScript and JSON keep the last. A
 * text that was found clean is not looked at again.
 *
 * @param cache - folder that remembers clean texts by their digest
 */
export async function inspectConfigText(
  file: string,
  text: string,
  cache: string,
): Promise<readonly Problem[]> {
  const mark = join(
    cache,
    `${createHash("sha256")
      .update(`1\0${extname(file)}\0${text}`)
      .digest("hex")}.clean`,
  );
  const seen = await stat(mark).then(
    () => true,
    () => false,
  );
  if (seen) return [];
  const { transform } = await import("esbuild");
  const loader = loaderOf(file);
  const { warnings } = await transform(text, { loader, sourcefile: file, logLevel: "silent" }).catch(() => ({
    warnings: [],
  }));
  const problems = warnings
    .filter((warning) => warning.id === "duplicate-object-key")
    .map((warning) => duplicateKey(file, warning.text, warning.location));
  if (problems.length === 0) await remember(mark, cache);
  return problems;
}

/** A cache that cannot be written costs time, not correctness. */
async function remember(mark: string, cache: string): Promise<void> {
  await mkdir(cache, { recursive: true })
    .then(() => writeFile(mark, ""))
    .catch(() => undefined);
}
