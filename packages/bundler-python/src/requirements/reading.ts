import { readFile } from "node:fs/promises";
import { relative, sep } from "node:path";
import type { PythonRun } from "../run.ts";
import { requirementErrors } from "./errors.ts";

/** What reading a function's requirement files leaves behind, for the cache and for people. */
export interface Reading {
  readonly run: PythonRun;
  /** Absolute paths that were read. */
  readonly files: Set<string>;
  /** Absolute paths that were not there. */
  readonly lookedFor: Set<string>;
  readonly notices: Set<string>;
  /** Addresses with credentials. */
  readonly indexes: Set<string>;
  readonly secrets: Set<string>;
  /** Names of environment variables whose values the files take in, but for credentials. */
  readonly variables: Set<string>;
}

export function startReading(run: PythonRun): Reading {
  return {
    run,
    files: new Set(),
    lookedFor: new Set(),
    notices: new Set(),
    indexes: new Set(),
    secrets: new Set(),
    variables: new Set(),
  };
}

/** Path relative to the repository's root with forward slashes, as messages show it. */
export function labelOf(reading: Reading, path: string): string {
  return relative(reading.run.root, path).split(sep).join("/");
}

/**
 * @returns `null` for a file that does not exist; either way the reading remembers it
 * @throws SLUICE_PYTHON_REQUIREMENTS_UNREADABLE
 */
export async function readBytes(reading: Reading, path: string): Promise<Buffer | null> {
  try {
    const bytes = await readFile(path);
    reading.files.add(path);
    return bytes;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      reading.lookedFor.add(path);
      return null;
    }
    throw requirementErrors.unreadable(labelOf(reading, path), code ?? String(error), error);
  }
}

/** Whether there is such a file, which is then one of those that count. */
export async function isThere(reading: Reading, path: string): Promise<boolean> {
  return (await readBytes(reading, path)) !== null;
}
