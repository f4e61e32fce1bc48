import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the monorepo. */
const ROOT: string = fileURLToPath(new URL("../../..", import.meta.url));

/** The built command, as npm's `bin` names it. */
export const SLUICE: string = join(ROOT, "packages", "cli", "dist", "bin.js");
