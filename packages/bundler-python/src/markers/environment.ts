import type { PythonTarget } from "../target.ts";
import { machineOf } from "../wheels/tags.ts";
import { normalizeName } from "../wheels/wheel-name.ts";

/** What markers are evaluated against: the variables of PEP 508 and PEP 751 but the sets, and the sets. */
export interface MarkerEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Normalized. */
  readonly extras: ReadonlySet<string>;
  /** Normalized. */
  readonly groups: ReadonlySet<string>;
}

/**
 * CPython's patch releases of June 2025 and before, by minor. Lambda has these or later ones: AWS moves managed runtimes on, never back,
 * until they are deprecated (AWS Lambda Developer Guide, "Understanding how Lambda manages runtime version updates").
 */
const PATCHES: Readonly<Record<number, number>> = { 7: 16, 8: 18, 9: 23, 10: 18, 11: 13, 12: 11, 13: 5 };

/**
 * A version of Python that a runtime has at least, as `3.13.5`. With patch version 0 instead, as uv and pip take `3.13`, packages that
 * need a later patch release (`requires-python = ">=3.8.1"`) would be passed over.
 */
export function leastVersion({ minor }: Pick<PythonTarget, "minor">): string {
  return `3.${minor}.${PATCHES[minor] ?? 0}`;
}

/**
 * The environment of a runtime on Lambda. Its patch version is that of {@link leastVersion}. Release and version of its kernel are empty.
 *
 * @param extras - extras that are asked for
 * @param groups - dependency groups that are asked for
 */
export function environmentOf(
  target: PythonTarget,
  extras: readonly string[] = [],
  groups: readonly string[] = [],
): MarkerEnvironment {
  const full = leastVersion(target);
  return {
    variables: {
      os_name: "posix",
      sys_platform: "linux",
      platform_system: "Linux",
      platform_machine: machineOf(target),
      platform_python_implementation: "CPython",
      platform_release: "",
      platform_version: "",
      implementation_name: "cpython",
      implementation_version: full,
      python_version: `3.${target.minor}`,
      python_full_version: full,
    },
    extras: new Set(extras.map(normalizeName)),
    groups: new Set(groups.map(normalizeName)),
  };
}
