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
 * The environment of a runtime on Lambda. Its patch version is not known beforehand: it is taken as 0, as uv does for
 * `--python-version 3.13`. Release and version of its kernel are empty.
 *
 * @param extras - extras that are asked for
 * @param groups - dependency groups that are asked for
 */
export function environmentOf(
  target: PythonTarget,
  extras: readonly string[] = [],
  groups: readonly string[] = [],
): MarkerEnvironment {
  const version = `3.${target.minor}`;
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
      implementation_version: `${version}.0`,
      python_version: version,
      python_full_version: `${version}.0`,
    },
    extras: new Set(extras.map(normalizeName)),
    groups: new Set(groups.map(normalizeName)),
  };
}
