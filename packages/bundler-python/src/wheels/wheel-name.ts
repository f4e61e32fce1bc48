/** What the file name of a wheel says (PyPA, "Binary distribution format", section "File name convention"). */
export interface WheelName {
  /** Normalized as PEP 503 has it. */
  readonly name: string;
  readonly version: string;
  /** Its number and what follows it; `null` without a build tag, which sorts before every build. */
  readonly build: readonly [number: number, rest: string] | null;
  /** Every `python-abi-platform` that its compressed tag set stands for, in lower case. */
  readonly tags: readonly string[];
}

const WHEEL = /^([^-]+)-([^-]+)(?:-(\d[^-]*))?-([^-]+)-([^-]+)-([^-]+)\.whl$/i;
/** A name as PEP 508 has it. */
const NAME = /^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i;

/** `Zope.Interface` → `zope-interface` (PEP 503). */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

/** `py2.py3-none-any` → `py2-none-any`, `py3-none-any` (PEP 425, "Compressed tag sets"). */
function expandTags(set: string): string[] {
  const [pythons = [], abis = [], platforms = []] = set
    .toLowerCase()
    .split("-")
    .map((part) => part.split("."));
  return pythons.flatMap((python) =>
    abis.flatMap((abi) => platforms.map((platform) => `${python}-${abi}-${platform}`)),
  );
}

function parseBuild(build: string | undefined): WheelName["build"] {
  const [, number, rest] = /^(\d+)(.*)$/.exec(build ?? "") ?? [];
  return number === undefined ? null : [Number(number), rest ?? ""];
}

/**
 * @param filename - without a folder, as `numpy-2.5.5-cp313-cp313-manylinux_2_28_aarch64.whl`
 * @returns `null` for what is not the name of a wheel
 */
export function parseWheelName(filename: string): WheelName | null {
  const [, name = "", version = "", build, python, abi, platform] = WHEEL.exec(filename) ?? [];
  if (!NAME.test(name)) return null;
  return {
    name: normalizeName(name),
    // A hyphen stands as an underscore in file names.
    version: version.replaceAll("_", "-"),
    build: parseBuild(build),
    tags: expandTags(`${python}-${abi}-${platform}`),
  };
}
