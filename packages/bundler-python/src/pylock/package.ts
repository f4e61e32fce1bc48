import { resolve } from "node:path";
import { parseSpecifiers, satisfies } from "../markers/specifiers.ts";
import type { LocalProject, ResolvedWheel } from "../resolution.ts";
import type { PythonTarget } from "../target.ts";
import { chooseWheel } from "../wheels/choose.ts";
import { explainMisfit } from "../wheels/misfit.ts";
import { parseWheelName } from "../wheels/wheel-name.ts";
import type { Reader, Table } from "./document.ts";
import { type LockedFile, readFile } from "./sources.ts";

/** Why a package of a lock cannot be packed: data, which whoever called makes an error of. */
export interface PylockFlaw {
  /** Normalized. */
  readonly name: string;
  readonly version: string | null;
  /**
   * - `no-wheel`: none of its wheels fits the target
   * - `source-only`: it has no wheel at all
   * - `vcs`: it comes from a repository
   * - `hash`: no file has a SHA-256 sum that is allowed
   * - `requires-python`: it is not for the target's Python
   * - `ambiguous`: several entries are meant for the target
   */
  readonly kind: "no-wheel" | "source-only" | "vcs" | "hash" | "requires-python" | "ambiguous";
  /** Half a sentence: `it is locked from https://…`. */
  readonly why: string;
  /** Names of its files, in the lock's order. */
  readonly files: readonly string[];
}

/** What became of a package. */
export type Selected =
  | { readonly wheel: ResolvedWheel }
  | { readonly project: LocalProject }
  | { readonly flaw: PylockFlaw };

/** An entry that is meant for the target. */
export interface Entry {
  readonly table: Table;
  readonly reader: Reader;
  /** Normalized. */
  readonly name: string;
  readonly version: string | null;
}

interface Scope {
  /** Absolute path that the lock's paths start from. */
  readonly folder: string;
  readonly target: PythonTarget;
  readonly allowedHashes?: ReadonlyMap<string, readonly string[]>;
}

/** Beyond every patch version that there will be. */
const LATEST_PATCH = 999;

/** Whether some patch version of the target's Python meets `requires-python`: Lambda's is not known beforehand. */
export function fitsPython(specifiers: string, target: PythonTarget): boolean {
  const parsed = parseSpecifiers(specifiers);
  // What nobody can read forbids nothing, as with pip.
  if (parsed === null) return true;
  return [0, LATEST_PATCH].some((patch) => satisfies(`3.${target.minor}.${patch}`, parsed));
}

function flawOf(entry: Entry, kind: PylockFlaw["kind"], why: string, files: readonly LockedFile[]): Selected {
  const { name, version } = entry;
  return { flaw: { name, version, kind, why, files: files.map(({ filename }) => filename) } };
}

function selectWheel(
  entry: Entry,
  wheels: readonly LockedFile[],
  others: readonly LockedFile[],
  scope: Scope,
): Selected {
  const files = [...wheels, ...others];
  if (wheels.length === 0) return flawOf(entry, "source-only", "it has no wheel", files);
  const chosen = chooseWheel(wheels, scope.target);
  if (chosen === null) {
    const why = explainMisfit(
      wheels.map(({ filename }) => filename),
      scope.target,
    );
    return flawOf(entry, "no-wheel", why, files);
  }
  const allowed = scope.allowedHashes?.get(entry.name);
  const proven = chooseWheel(
    wheels.filter(({ isOtherwiseHashed }) => !isOtherwiseHashed),
    scope.target,
    allowed,
  );
  if (proven === null)
    return flawOf(entry, "hash", `${chosen.filename} has no SHA-256 sum that is allowed`, files);
  const { filename, from, sha256, sizeBytes } = proven;
  const version = entry.version ?? parseWheelName(filename)?.version ?? "";
  const size = sizeBytes === null ? {} : { sizeBytes };
  return { wheel: { name: entry.name, version, filename, from, sha256, ...size } };
}

/** `archive`: uv writes wheels that a requirement names by their address or path like this. */
function selectArchive(entry: Entry, file: LockedFile, scope: Scope): Selected {
  if (parseWheelName(file.filename) !== null) return selectWheel(entry, [file], [], scope);
  if ("path" in file.from) return { project: { name: entry.name, path: file.from.path } };
  return flawOf(entry, "source-only", `it is locked from the source archive ${file.from.url}`, [file]);
}

/** Takes what is to be packed out of an entry, in the order of PEP 751, section "Installation", but never a source distribution. */
export function selectSource(entry: Entry, scope: Scope): Selected {
  const { table, reader } = entry;
  const requires = reader.text(table, "requires-python");
  if (requires !== null && !fitsPython(requires, scope.target))
    return flawOf(entry, "requires-python", `it needs Python ${requires}`, []);
  if (table["vcs"] !== undefined) return flawOf(entry, "vcs", "it is locked from a repository", []);
  const directory = reader.table(table, "directory");
  if (directory !== null) {
    const path = reader.text(directory, "path");
    if (path === null) throw reader.fail("`directory` has no `path`");
    const below = reader.text(directory, "subdirectory") ?? ".";
    return { project: { name: entry.name, path: resolve(scope.folder, path, below) } };
  }
  const archive = reader.table(table, "archive");
  if (archive !== null) return selectArchive(entry, readFile(archive, scope.folder, reader), scope);
  const sdist = reader.table(table, "sdist");
  const wheels = reader.tables(table, "wheels").map((wheel) => readFile(wheel, scope.folder, reader));
  const others = sdist === null ? [] : [readFile(sdist, scope.folder, reader)];
  if (wheels.length + others.length === 0) throw reader.fail("it names no file");
  return selectWheel(entry, wheels, others, scope);
}
