import { normalizeName } from "../wheels/wheel-name.ts";
import { requirementErrors } from "./errors.ts";
import type { Project } from "./project.ts";
import { isTable, type Table, tableAt, tablesOf, textOf, textsOf } from "./toml.ts";

/** A `[[package]]` of poetry.lock. */
export interface PoetryPackage {
  /** Normalized. */
  readonly name: string;
  readonly version: string;
  readonly optional: boolean;
  /** From format 2.1 on; `null` before. */
  readonly groups: readonly string[] | null;
  /** From format 2.1 on: for all groups, or for each. */
  readonly markers: string | Table | null;
  /** Poetry's constraint. */
  readonly pythonVersions: string;
  readonly dependencies: Table;
  readonly extras: Table;
  readonly source: Table | null;
  /** Hexadecimal SHA-256 sums of its files. */
  readonly hashes: readonly string[];
}

/** What selecting packages of a lockfile needs. */
export interface PoetryLock {
  readonly label: string;
  readonly lock: Table;
  readonly packages: readonly PoetryPackage[];
  readonly project: Project | null;
}

/** @throws SLUICE_PYTHON_LOCK_INVALID */
export function readPackages(lock: Table, label: string): PoetryPackage[] {
  const files = tableAt(lock, "metadata", "files");
  return tablesOf(lock["package"]).map((entry) => {
    const name = textOf(entry["name"]);
    const version = textOf(entry["version"]);
    if (name === null || version === null)
      throw requirementErrors.lockInvalid(label, "a package has no name or no version.");
    const { markers, source } = entry;
    return {
      name: normalizeName(name),
      version,
      optional: entry["optional"] === true,
      groups: Array.isArray(entry["groups"]) ? textsOf(entry["groups"]).map(normalizeName) : null,
      markers: isTable(markers) ? markers : textOf(markers),
      pythonVersions: textOf(entry["python-versions"]) ?? "*",
      dependencies: tableAt(entry, "dependencies"),
      extras: tableAt(entry, "extras"),
      source: isTable(source) ? source : null,
      // Before format 2.0, all files stand together at the end, those of several versions of one package, too.
      hashes: sumsOf(entry["files"] ?? files[name]),
    };
  });
}

function sumsOf(files: unknown): string[] {
  return tablesOf(files)
    .map((file) => textOf(file["hash"]) ?? "")
    .filter((hash) => hash.startsWith("sha256:"))
    .map((hash) => hash.slice("sha256:".length));
}
