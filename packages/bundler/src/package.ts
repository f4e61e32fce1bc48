import { type Contents, writePackage } from "@sluice/artifact";
import type { Artifact } from "@sluice/core";
import type { Work } from "./session.ts";

/** Zips a function's package, loads its handler from it, and only then writes and remembers it. */
export function writeChecked(work: Work, contents: Contents): Promise<Artifact> {
  const check: Contents["check"] = async (zip) => {
    // Loaded late, as nothing else needs it.
    const { checkImports } = await import("./check/import-check.ts");
    await checkImports(work, zip);
  };
  return writePackage(work, { ...contents, check });
}
