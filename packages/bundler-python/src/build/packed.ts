import { createHash } from "node:crypto";
import type { PythonRun } from "../run.ts";
import { slimWheels } from "../slim/slim-wheels.ts";
import type { SlimFile } from "../slim/test-folders.ts";
import { stripDebug } from "../strip/strip-debug.ts";
import { type Merged, type MergePart, mergeWheels } from "../wheels/merge.ts";
import { checkMachineCode } from "./machine-check.ts";
import type { OpenedWheel } from "./opened.ts";
import { pathFileNotices } from "./path-files.ts";

/** Files of dependencies as they go into the zip. */
export interface PackedDependencies {
  /** The same for the same files. */
  readonly id: string;
  /** Versions of what changed the files, as of the Python that compiled them. */
  readonly tools: Readonly<Record<string, string>>;
  /** Absolute paths of programs that changed the files, as of that Python. */
  readonly programs: readonly string[];
  readonly files: Merged["files"];
  readonly notices: readonly string[];
}

function stripped(files: Merged["files"]): Merged["files"] {
  return files.map((file) => {
    const bytes = stripDebug(file.bytes);
    return bytes === file.bytes ? file : { ...file, bytes, deflated: null };
  });
}

/** The same wheels, of which the same is left out, are the same files. */
function idOf(run: PythonRun, wheels: readonly OpenedWheel[], files: Merged["files"]): string {
  const { slim, strip, compiled } = run.fn.python;
  const parts = [
    slim,
    strip,
    compiled,
    wheels.map(({ identity }) => identity),
    files.map(({ path }) => path),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Whether the file name of a wheel says that it fits any machine. */
function isForAny({ tags }: OpenedWheel): boolean {
  return tags.some((tag) => tag.endsWith("-any"));
}

/** Leaves out of the wheels what never runs. */
export function slimParts(
  run: PythonRun,
  wheels: readonly OpenedWheel[],
  own: readonly SlimFile[],
): readonly MergePart[] {
  const slimmed = slimWheels(wheels, own, run.fn.python.slim);
  return wheels.map(({ name }, index) => ({ name, files: slimmed[index]?.kept ?? [] }));
}

/**
 * Leaves out of the wheels what never runs, puts the rest into one folder, and looks into its machine code.
 *
 * @param own - the function's own sources, which may import what would be left out
 */
export function packDependencies(
  run: PythonRun,
  wheels: readonly OpenedWheel[],
  own: readonly SlimFile[],
): PackedDependencies {
  return packParts(run, wheels, slimParts(run, wheels, own));
}

/** The same of what {@link slimParts} gave, or some of it. */
export function packParts(
  run: PythonRun,
  wheels: readonly OpenedWheel[],
  parts: readonly MergePart[],
): PackedDependencies {
  const merged = mergeWheels(parts);
  const forAny = new Set(wheels.filter(isForAny).map(({ name }) => name));
  const notices = checkMachineCode(
    run,
    merged.files.map((file) => ({ ...file, owner: file.package, isForAny: forAny.has(file.package) })),
  );
  const files = run.fn.python.strip ? stripped(merged.files) : merged.files;
  return {
    id: idOf(run, wheels, files),
    files,
    tools: {},
    programs: [],
    notices: [...merged.notices, ...pathFileNotices(merged.files), ...notices],
  };
}
