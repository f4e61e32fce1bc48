import type { Architecture, ResolvedFunction } from "@sluice/core";
import { machineOf } from "./elf.ts";
import { architectureMismatch } from "./errors.ts";
import { familyOf } from "./family.ts";
import { isMuslFlaw, isMuslItself, libcMisfit } from "./glibc.ts";

/** Every identifier that UpdateFunctionCode still accepts (AWS Lambda Developer Guide, "Lambda runtimes"). */
const RUNTIMES: readonly string[] = [
  ...["nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"],
  ...["python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14"],
  ...["java8.al2", "java11", "java17", "java21", "java25"],
  ...["dotnet6", "dotnet8", "dotnet9", "dotnet10"],
  ...["ruby3.2", "ruby3.3", "ruby3.4"],
  ...["provided.al2", "provided.al2023"],
];

/**
 * Runtimes of a package that was not bundled here: the declared one; else all known ones, because nothing tells
 * which it was made for and a wrong guess would refuse valid deployments.
 */
export function readyRuntimes(fn: ResolvedFunction): string[] {
  return fn.runtimeDeclared ? [fn.runtime] : [...new Set([fn.runtime, ...RUNTIMES])];
}

export interface PackedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Architectures {
  /** The one for the manifest. */
  readonly architecture: Architecture;
  readonly compatible: readonly Architecture[];
}

const ALL: readonly Architecture[] = ["x86_64", "arm64"];

/** Whether a name promises native code. */
function isNativeName(path: string): boolean {
  return path.endsWith(".node") || path === "bootstrap";
}

interface Binary {
  readonly path: string;
  /** `null`: it runs on no function. */
  readonly architecture: Architecture | null;
  /** Why it cannot be loaded there, in words that go on after `is`. */
  readonly flaw: string | null;
}

function binaryOf({ path, bytes }: PackedFile, runtime: string, bringsMusl: boolean): Binary | null {
  const machine = machineOf(bytes, isNativeName(path));
  if (machine === null) return null;
  if (machine.kind === "foreign")
    return isNativeName(path) ? { path, architecture: null, flaw: `built for ${machine.name}` } : null;
  const flaw = libcMisfit(bytes, runtime);
  const isLoaded = flaw === null || (bringsMusl && isMuslFlaw(flaw));
  return { path, architecture: machine.architecture, flaw: isLoaded ? null : flaw };
}

/** Whether a package says that it is for other systems alone, as fsevents: on Linux nothing loads it. */
function isForeignByItself(family: string, files: readonly PackedFile[]): boolean {
  const manifest = family === "" ? undefined : files.find(({ path }) => path === `${family}/package.json`);
  const os = manifest === undefined ? null : systemsOf(manifest.bytes);
  return os !== null && !os.includes("linux") && !os.every((name) => name.startsWith("!"));
}

/** `os` of a package.json (npm, "package.json"); `null` when it names none. */
function systemsOf(manifest: Uint8Array): readonly string[] | null {
  try {
    const { os } = JSON.parse(Buffer.from(manifest).toString()) as { os?: unknown };
    // npm takes a single text as a list of one.
    return typeof os === "string" ? [os] : Array.isArray(os) ? os.map(String) : null;
  } catch {
    return null;
  }
}

/** The architectures that a family of binaries has a build for; the error when it has none that could be loaded. */
function builtFor(fn: ResolvedFunction, binaries: readonly Binary[]): Set<Architecture> {
  const sound = binaries.filter(({ architecture, flaw }) => architecture !== null && flaw === null);
  const [flawed] = binaries.filter(({ flaw }) => flaw !== null);
  if (sound.length === 0 && flawed?.flaw != null)
    throw architectureMismatch(fn.name, flawed.path, flawed.flaw, `Linux on ${fn.architecture}`);
  return new Set(sound.flatMap(({ architecture }) => architecture ?? []));
}

/**
 * Finds out which architectures a package fits from the machine code in it. What is installed as one package, with its parts for
 * each platform, fits every machine that it has a build for; the whole fits what all of them fit.
 *
 * @throws `SLUICE_NATIVE_ARCHITECTURE`, naming the file, when native code is there but none for the declared architecture, or
 * none for Linux with the C library of the runtime
 */
export function architecturesOf(fn: ResolvedFunction, files: readonly PackedFile[]): Architectures {
  const bringsMusl = files.some(({ path }) => isMuslItself(path));
  const families = new Map<string, Binary[]>();
  for (const file of files) {
    const binary = binaryOf(file, fn.runtime, bringsMusl);
    if (binary === null) continue;
    const family = familyOf(file.path);
    families.set(family, [...(families.get(family) ?? []), binary]);
  }
  let compatible = ALL;
  for (const [family, binaries] of families) {
    if (isForeignByItself(family, files)) continue;
    const built = builtFor(fn, binaries);
    const wanted = fn.architectureDeclared ? [fn.architecture] : compatible;
    const [other] = binaries.filter(({ architecture, flaw }) => architecture !== null && flaw === null);
    if (other?.architecture != null && !wanted.some((architecture) => built.has(architecture)))
      throw architectureMismatch(fn.name, other.path, `built for ${other.architecture}`, wanted.join(" or "));
    compatible = compatible.filter((architecture) => built.has(architecture));
  }
  if (fn.architectureDeclared) return { architecture: fn.architecture, compatible: [fn.architecture] };
  const architecture = compatible.includes(fn.architecture)
    ? fn.architecture
    : (compatible[0] ?? fn.architecture);
  return { architecture, compatible };
}
