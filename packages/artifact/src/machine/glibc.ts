import { dynamicNeeds } from "./dynamic.ts";

/**
 * Runtimes on Amazon Linux 2; all later ones are on Amazon Linux 2023 (AWS Lambda Developer Guide, "Lambda runtimes").
 */
const AMAZON_LINUX_2 = new Set([
  ...["nodejs16.x", "nodejs18.x", "python3.8", "python3.9", "python3.10", "python3.11"],
  ...["java8.al2", "java11", "java17", "dotnet6", "ruby3.2", "provided.al2"],
]);

/** The glibc that a runtime's Amazon Linux has, as major and minor. */
function glibcOf(runtime: string): readonly [major: number, minor: number] {
  return AMAZON_LINUX_2.has(runtime) ? [2, 26] : [2, 34];
}

/** The highest glibc among symbol versions such as `GLIBC_2.28`. */
function highestGlibc(versions: readonly string[]): readonly [number, number] | null {
  let highest: readonly [number, number] | null = null;
  for (const version of versions) {
    const match = /^GLIBC_(\d+)\.(\d+)/.exec(version);
    if (match === null) continue;
    const found: readonly [number, number] = [Number(match[1]), Number(match[2])];
    if (highest === null || found[0] > highest[0] || (found[0] === highest[0] && found[1] > highest[1]))
      highest = found;
  }
  return highest;
}

const MUSL = /^(?:libc\.musl-|ld-musl-)/;

/** Whether a file of this name is musl itself: a package that brings it can run what needs it. */
export function isMuslItself(path: string): boolean {
  return MUSL.test(path.split("/").pop() ?? "");
}

const MUSL_FLAW = "built for musl (Alpine Linux), not for the glibc of Amazon Linux";

/** Whether {@link libcMisfit} found that a file wants musl. */
export function isMuslFlaw(flaw: string): boolean {
  return flaw === MUSL_FLAW;
}

/**
 * Why an ELF file cannot be loaded by a runtime's C library, in words that go on after `is`; `null` when it can, or when it
 * needs none.
 *
 * @param runtime - Lambda runtime identifier
 */
export function libcMisfit(bytes: Uint8Array, runtime: string): string | null {
  const needs = dynamicNeeds(bytes);
  if (needs === null) return null;
  const loader = needs.interpreter?.split("/").pop() ?? "";
  if (MUSL.test(loader) || needs.libraries.some((library) => MUSL.test(library))) return MUSL_FLAW;
  const [major, minor] = glibcOf(runtime);
  const wanted = highestGlibc(needs.versions);
  if (wanted === null || wanted[0] < major || (wanted[0] === major && wanted[1] <= minor)) return null;
  return `built for glibc ${wanted.join(".")} or later, and the Amazon Linux of ${runtime} has ${major}.${minor}`;
}
