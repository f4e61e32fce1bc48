import { isMuslFlaw, isMuslItself, libcMisfit, machineOf } from "@sluice/artifact";
import { addonMisfit } from "../machine/addon.ts";
import type { Target } from "./platform.ts";
import { fits, platformOfName } from "./platform.ts";

/** A file of a package, with its content. */
export interface PackageFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A binary that does not run on the target. */
export interface Misfit {
  readonly path: string;
  /** What it is, in words that go on after `is`. */
  readonly found: string;
}

/** The folder or file below `prebuilds/`, as prebuildify lays them out: `prebuilds/linux-x64/name.glibc.node`. */
const PREBUILD = /(?:^|\/)prebuilds\/([^/]+)\//;

/**
 * Why machine code cannot run on the target, or `null` when it can, or is none.
 *
 * @param runtime - Lambda runtime identifier
 */
function misfitOf(file: PackageFile, target: Target, runtime: string): string | null {
  const machine = machineOf(file.bytes, /\.(?:node|dylib|dll|exe)$/.test(file.path));
  if (machine === null) return null;
  if (machine.kind === "foreign") return `built for ${machine.name}`;
  if (machine.architecture !== target.architecture) return `built for ${machine.architecture}`;
  return (
    libcMisfit(file.bytes, runtime) ?? (file.path.endsWith(".node") ? addonMisfit(file.bytes, runtime) : null)
  );
}

export function isBinary({ path, bytes }: PackageFile): boolean {
  return machineOf(bytes, /\.(?:node|dylib|dll|exe)$/.test(path)) !== null;
}

/** Whether the place of a prebuilt addon promises another platform, engine or C library. */
function isForeignPrebuild(path: string, target: Target): boolean {
  const folder = PREBUILD.exec(path)?.[1];
  const platform = folder === undefined ? null : platformOfName(folder);
  if (platform !== null && !fits(platform, target)) return true;
  return (
    folder !== undefined &&
    /(?:^|[./])(?:electron|musl|node-webkit)(?:[.-]|$)/.test(path.slice(path.indexOf(folder)))
  );
}

/**
 * Leaves out of a package what was built for other machines than the target's, so that what is left is what loads there:
 * loaders such as node-gyp-build take a build by its place, and fail on a wrong one.
 *
 * @returns the files that stay, and the first misfit when there is machine code but none that runs: then none of it stays
 */
export function fittingFiles<File extends PackageFile>(
  files: readonly File[],
  target: Target,
  runtime: string,
): { readonly files: readonly File[]; readonly misfit: Misfit | null } {
  const bringsMusl = files.some(({ path }) => isMuslItself(path));
  const binaries = files.filter(isBinary);
  if (binaries.length === 0) return { files, misfit: null };
  const misfits = new Map<File, string>();
  for (const file of binaries) {
    const found = misfitOf(file, target, runtime);
    if (found !== null && !(bringsMusl && isMuslFlaw(found))) misfits.set(file, found);
    else if (isForeignPrebuild(file.path, target))
      misfits.set(file, "built for another platform by its place");
  }
  // A program for Windows that a package brings along is nothing that Linux would miss.
  const [first] = [...misfits].filter(
    ([{ path, bytes }]) => path.endsWith(".node") || machineOf(bytes, false) !== null,
  );
  if (first !== undefined && misfits.size === binaries.length)
    return {
      files: files.filter((file) => !binaries.includes(file)),
      misfit: { path: first[0].path, found: first[1] },
    };
  return { files: files.filter((file) => !misfits.has(file)), misfit: null };
}
