import type { Architecture, ResolvedFunction } from "@sluice/core";
import { nodeMajor } from "../node/options.ts";
import { architectureMismatch } from "../ready/errors.ts";
import { machineOf } from "./elf.ts";

/** Node.js majors that Lambda has or had and that ES modules with top-level await run on. */
const NODE_MAJORS: readonly number[] = [18, 20, 22, 24];

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
 * Runtimes that can run a bundle: the declared one alone; else every one from the Node.js major that the code was
 * compiled for on.
 */
export function bundleRuntimes(fn: ResolvedFunction): string[] {
  if (fn.runtimeDeclared) return [fn.runtime];
  const compiledFor = /^node(\d+)/.exec(fn.target ?? "")?.[1] ?? nodeMajor(fn.runtime);
  const majors = NODE_MAJORS.filter((major) => major >= Number(compiledFor));
  return [...new Set([fn.runtime, ...majors.map((major) => `nodejs${major}.x`)])];
}

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

/** Whether a name promises native code. */
function isNativeName(path: string): boolean {
  return path.endsWith(".node") || path === "bootstrap";
}

/**
 * Finds out which architectures a package fits from the machine code in it. A package with builds for several machines,
 * as prebuilt addons come, fits each of them.
 *
 * @throws `SLUICE_NATIVE_ARCHITECTURE`, naming the file, when native code is there but none for the declared
 * architecture, or none for Linux at all
 */
export function architecturesOf(fn: ResolvedFunction, files: readonly PackedFile[]): Architectures {
  const machines = files.flatMap(({ path, bytes }) => {
    const machine = machineOf(bytes, isNativeName(path));
    return machine === null ? [] : [{ path, machine }];
  });
  const built = new Map<Architecture, string>();
  for (const { path, machine } of machines) {
    if (machine.kind === "linux" && !built.has(machine.architecture)) built.set(machine.architecture, path);
  }
  const foreign = machines.find(({ path, machine }) => machine.kind === "foreign" && isNativeName(path));
  if (built.size === 0 && foreign !== undefined && foreign.machine.kind === "foreign") {
    throw architectureMismatch(fn.name, foreign.path, foreign.machine.name, `Linux on ${fn.architecture}`);
  }
  if (fn.architectureDeclared) return declared(fn, built);
  const compatible: Architecture[] =
    built.size === 0 ? ["x86_64", "arm64"] : [...built.keys()].sort().reverse();
  const architecture = compatible.includes(fn.architecture)
    ? fn.architecture
    : (compatible[0] ?? fn.architecture);
  return { architecture, compatible };
}

function declared(fn: ResolvedFunction, built: ReadonlyMap<Architecture, string>): Architectures {
  const [other] = built;
  if (other !== undefined && !built.has(fn.architecture)) {
    throw architectureMismatch(fn.name, other[1], other[0], fn.architecture);
  }
  return { architecture: fn.architecture, compatible: [fn.architecture] };
}
