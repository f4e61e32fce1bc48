import { join } from "node:path";
import { type CacheKey, findFiles, type ListedFile, listedFile } from "@sluice/artifact";
import type { ResolvedFunction } from "@sluice/core";
import { canonical } from "../cache/canonical.ts";
import type { Work } from "../session.ts";
import { readyTools } from "../tools.ts";
import { inputsNotFound } from "./errors.ts";

/** Options that decide the bytes and the manifest of a package that is not bundled here. */
const DECIDING = [
  "name",
  "source",
  "entry",
  "handler",
  "command",
  "assets",
  "runtime",
  "runtimeDeclared",
  "architecture",
  "architectureDeclared",
  // What was packed without a check is not taken for checked.
  "importCheck",
] as const satisfies readonly (keyof ResolvedFunction)[];

/** The key of a package that is not bundled here. `listed` is everything that decides its bytes. */
export function readyKey(work: Work, listed: readonly ListedFile[], cacheable: boolean): CacheKey {
  const parts = Object.fromEntries(DECIDING.map((name) => [name, work.fn[name]]));
  const options = canonical({ ...parts, tools: readyTools() }, () => "function");
  return { options, cacheable, listed };
}

/** What a command reads, by the globs of `inputs`. */
export function commandInputs(work: Work): ListedFile[] {
  if (work.fn.inputs === null) return [];
  const found = findFiles(work.scope, work.fn.inputs, {
    ignore: ["**/.git/**", "**/.sluice/**"],
    expandDirectories: true,
  });
  // Nothing to watch would mean never to run again.
  if (found.length === 0) throw inputsNotFound(work.fn.name, work.fn.inputs);
  return found.map((path) => listedFile(work.scope, join(work.scope.root, path), path));
}
