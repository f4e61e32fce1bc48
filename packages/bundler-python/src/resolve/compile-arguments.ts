import { isAbsolute, join, relative } from "node:path";
import type { ResolveRequest } from "../dependencies.ts";
import type { PythonTarget } from "../target.ts";
import { machineOf } from "../wheels/tags.ts";

/** Requirements that a resolver has to resolve. */
export type Requirements = Extract<ResolveRequest, { readonly type: "requirements" }>;

/** The minor versions of glibc that uv has platforms for, newest first (`uv pip compile --help`). */
const KNOWN_GLIBC: readonly number[] = [40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 28, 17];

/**
 * uv's name for the runtime's machine. Of the versions of glibc that uv knows it is the newest that the runtime has: what a wheel
 * for a newer one needs would not be there.
 */
export function uvPlatform(target: PythonTarget): string {
  const minor = KNOWN_GLIBC.find((known) => known <= target.glibc[1]) ?? 17;
  return `${machineOf(target)}-manylinux_2_${minor}`;
}

/** What decides on the resolution, whatever machine it runs on. */
function targetArguments(target: PythonTarget): string[] {
  return [
    ...["--python-version", `3.${target.minor}`],
    ...["--python-platform", uvPlatform(target)],
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
}

/** The arguments of `uv pip compile` up to its format and indexes. */
export function compileArguments(
  target: PythonTarget,
  requirements: Requirements,
  files: CompileFiles,
): string[] {
  return [
    ...["pip", "compile", ...files.inputs],
    ...targetArguments(target),
    ...(requirements.complete ? ["--no-deps"] : []),
    ...(requirements.prereleases ? ["--prerelease", "allow"] : []),
    ...selectionArguments(requirements),
    ...(files.excludes === null ? [] : ["--excludes", files.excludes]),
    "--no-header",
  ];
}

/** A path as people know it: relative to the repository's root where it lies in it. */
export function shownPath(root: string, folder: string, path: string): string {
  const absolute = isAbsolute(path) ? path : join(folder, path);
  const shown = relative(root, absolute).replaceAll("\\", "/");
  return shown.startsWith("..") ? path : shown;
}
