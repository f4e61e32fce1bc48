import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PythonRun } from "../run.ts";

/** Lends a temporary folder for as long as `work` takes. */
export async function withScratch<T>(
  { context }: PythonRun,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(context.env["TMPDIR"] || tmpdir(), "sluice-python-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
