import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the monorepo. */
const ROOT: string = fileURLToPath(new URL("../../..", import.meta.url));

/** The built command, as npm's `bin` names it, or another build of it. */
export const SLUICE: string =
  process.env["SLUICE_TEST_BIN"] ?? join(ROOT, "packages", "cli", "dist", "bin.js");
