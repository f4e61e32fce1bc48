import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PythonRun } from "../run.ts";
import { withTemporaryFolder } from "../temporary-folder.ts";

/** Lends a temporary folder for as long as `work` takes. */
export function withScratch<T>({ context }: PythonRun, work: (folder: string) => Promise<T>): Promise<T> {
  return withTemporaryFolder(join(context.env["TMPDIR"] || tmpdir(), "sluice-python-"), work);
}
