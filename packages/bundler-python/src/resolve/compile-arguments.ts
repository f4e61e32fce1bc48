import { isAbsolute, join, relative } from "node:path";
import type { ResolveRequest } from "../dependencies.ts";
import { leastVersion } from "../markers/environment.ts";
import type { PythonTarget } from "../target.ts";
import { machineOf } from "../wheels/tags.ts";

/** Requirements that a resolver has to resolve. */
export type Requirements = Extract<ResolveRequest, { readonly type: "requirements" }>;

/** The minor versions of glibc that uv has platforms for, newest first (`uv pip compile --help`). */
const KNOWN_GLIBC: readonly number[] = [40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 28, 17];

/**
 * uv's names for the runtime's machine. `safe`: with the newest glibc that uv knows and the runtime has. `above`: with the next one,
 * where uv does not know the runtime's own: it lets through all that the runtime loads, and more; `null` where `safe` is exact.
 */
export function uvPlatforms(target: PythonTarget): { readonly safe: string; readonly above: string | null } {
  const own = target.glibc[1];
  const named = (minor: number): string => `${machineOf(target)}-manylinux_2_${minor}`;
  const safe = KNOWN_GLIBC.find((known) => known <= own) ?? 17;
  const above = KNOWN_GLIBC.findLast((known) => known > own);
  return { safe: named(safe), above: safe === own || above === undefined ? null : named(above) };
}

/** What decides on the resolution, whatever machine it runs on. */
function targetArguments(target: PythonTarget, platform: string): string[] {
  return [
    ...["--python-version", leastVersion(target)],
    ...["--python-platform", platform],
    ...["--only-binary", ":all:"],
  ];
}

/** A pyproject.toml's groups are named by its path, since there may be one in the working folder, too. */
function selectionArguments({ inputs, extras, groups }: Requirements): string[] {
  const projects = inputs.filter((path) => /pyproject\.toml$/.test(path));
  return [
    ...(projects.length > 0 ? extras.flatMap((extra) => ["--extra", extra]) : []),
    ...projects.flatMap((path) => groups.flatMap((group) => ["--group", `${path}:${group}`])),
  ];
}

export interface CompileFiles {
  /** Absolute paths. */
  readonly inputs: readonly string[];
  /** A file with names that are left out with all that only they need; `null` for none. */
  readonly excludes: string | null;
  /** A file with versions that are allowed at most; `null` for none. */
  readonly constraints: string | null;
}

/** The arguments of `uv pip compile` up to its format and indexes. */
export function compileArguments(
  target: PythonTarget,
  platform: string,
  requirements: Requirements,
  files: CompileFiles,
): string[] {
  return [
    ...["pip", "compile", ...files.inputs],
    ...targetArguments(target, platform),
    ...(requirements.complete ? ["--no-deps"] : []),
    ...(requirements.prereleases ? ["--prerelease", "allow"] : []),
    ...selectionArguments(requirements),
    ...(files.excludes === null ? [] : ["--excludes", files.excludes]),
    ...(files.constraints === null ? [] : ["--constraints", files.constraints]),
    "--no-header",
  ];
}

/** A path as people know it: relative to the repository's root where it lies in it. */
export function shownPath(root: string, folder: string, path: string): string {
  const absolute = isAbsolute(path) ? path : join(folder, path);
  const shown = relative(root, absolute).replaceAll("\\", "/");
  return shown.startsWith("..") ? path : shown;
}
