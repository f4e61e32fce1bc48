import type { Architecture } from "@sluice/core";

/** The machine and interpreter that a package is made for. */
export interface PythonTarget {
  /** Lambda runtime identifier, as `python3.13`. */
  readonly runtime: string;
  /** Python's minor version: 13 for 3.13. */
  readonly minor: number;
  readonly architecture: Architecture;
  /** Of the runtime's Amazon Linux: major and minor. */
  readonly glibc: readonly [major: number, minor: number];
}

/** Python 3.12 and later run on Amazon Linux 2023, earlier ones on Amazon Linux 2 (AWS Lambda Developer Guide, "Lambda runtimes"). */
const FIRST_ON_AMAZON_LINUX_2023 = 12;

/**
 * @param runtime - Lambda runtime identifier, as `python3.13`
 * @returns `null` for a runtime that is not Python's
 */
export function pythonTarget(runtime: string, architecture: Architecture): PythonTarget | null {
  const minor = /^python3\.(\d+)$/.exec(runtime)?.[1];
  if (minor === undefined) return null;
  const isNew = Number(minor) >= FIRST_ON_AMAZON_LINUX_2023;
  return { runtime, minor: Number(minor), architecture, glibc: isNew ? [2, 34] : [2, 26] };
}
