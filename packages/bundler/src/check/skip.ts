import { machineOf, type UnpackedFile } from "@sluice/artifact";
import type { Architecture, ResolvedFunction } from "@sluice/core";
import { nodeMajor } from "../node/options.ts";

/** A machine, as far as native code asks. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly architecture: Architecture | null;
  readonly glibc: boolean;
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x64: "x86_64", arm64: "arm64" };

/** This machine. */
export function thisHost(): Host {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return {
    platform: process.platform,
    architecture: ARCHITECTURES[process.arch] ?? null,
    glibc: header?.glibcVersionRuntime !== undefined,
  };
}

/** Whether a function's package holds a handler that some Node.js could load. */
export function isCheckable(fn: ResolvedFunction): boolean {
  const isModule = fn.source === "module" && fn.command === null;
  return nodeMajor(fn.runtime) !== null && (isModule || fn.runtimeDeclared);
}

/** Why the native code of a package does not run on this machine, `null` where it does or there is none. */
export function foreignCode(files: readonly UnpackedFile[], host: () => Host): string | null {
  const built = new Set<Architecture>();
  for (const { path, bytes } of files) {
    const machine = /\.(?:node|so[.\d]*)$/.test(path) ? machineOf(bytes, true) : null;
    if (machine?.kind === "linux") built.add(machine.architecture);
  }
  if (built.size === 0) return null;
  const { platform, architecture, glibc } = host();
  const code = `holds native code for Linux on ${[...built].sort().join(" and ")}`;
  if (platform !== "linux") return `${code}, and this machine is no Linux`;
  if (architecture === null || !built.has(architecture)) return `${code}, and this machine is another`;
  return glibc ? null : `${code}, and this machine has another C library`;
}
