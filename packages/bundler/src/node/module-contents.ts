import { relative, sep } from "node:path";
import {
  type Contents,
  createInventory,
  type FileStates,
  LICENSES_FILE,
  type Link,
  perSession,
  type ReadFiles,
  readListing,
  type ZipEntry,
} from "@sluice/artifact";
import { resolutionOf } from "../cache/resolution.ts";
import { copyExternals } from "../externals/copy-externals.ts";
import { fileOnDisk } from "../externals/package-reader.ts";
import { packagesOf } from "../externals/session-packages.ts";
import { usedLayerPackages } from "../layers/used-packages.ts";
import { collectLicenses } from "../licenses/licenses.ts";
import type { Work } from "../session.ts";
import { bundleTools } from "../tools.ts";
import { besideFiles } from "./beside.ts";
import type { ModuleBuild } from "./build-modules.ts";
import { bundleFiles, checkShadows, extensionFor } from "./bundle-files.ts";
import { bundledPackages, type FoundPackage, readerOf } from "./bundled-packages.ts";
import { DECORATORS } from "./decorators.ts";
import type { PlannedModule } from "./module-plan.ts";
import { mapStyle } from "./options.ts";
import type { BuiltEntry } from "./output.ts";
import { isInstalled } from "./portable.ts";
import { type ReferenceFiles, referenceFiles } from "./reference-files.ts";
import { bundleRuntimes } from "./runtimes.ts";
import { selfReadingNotices } from "./self-reading.ts";

/** Files that esbuild read; what plugins made up has no file, and disabled ones are written in brackets. */
function inputsOf(built: BuiltEntry): string[] {
  const keys = Object.keys(built.metafile.inputs).map((key) => key.replace(/^\(disabled\):/, ""));
  return keys.filter((key) => !/^(<|[\w-]{2,}:)/.test(key));
}

/** Those of which code is in the bundle. */
function packedInputs(built: BuiltEntry, inputs: readonly string[]): string[] {
  const outputs = Object.values(built.metafile.outputs);
  const packed = new Set(
    outputs.flatMap(({ inputs }) =>
      Object.keys(inputs).filter((key) => (inputs[key]?.bytesInOutput ?? 0) > 0),
    ),
  );
  return inputs.filter((input) => packed.has(input));
}

/** Packages that took part without being bundled: another version of one may give other code. */
function transformers(built: BuiltEntry): string[] {
  const helped = Object.keys(built.metafile.inputs).some((key) => key.startsWith(`${DECORATORS}:`));
  return helped ? ["oxc-transform"] : [];
}

interface LicenseEntry {
  readonly entries: readonly ZipEntry[];
  readonly read: readonly string[];
}

function licenseEntry(work: Work, packages: readonly FoundPackage[]): LicenseEntry {
  const installed = packages.filter(({ folder }) => isInstalled(folder));
  if (!work.fn.licenses || installed.length === 0) return { entries: [], read: [] };
  const { bytes, read } = collectLicenses(installed, readerOf(work.session));
  return { entries: [{ path: LICENSES_FILE, bytes }], read };
}

/** The repository's own files in the package: assets, and what sources name relative to themselves. */
async function ownFiles(
  work: Work,
  planned: PlannedModule,
  packed: readonly string[],
): Promise<{ file: string; entries: ZipEntry[]; referenced: ReferenceFiles }> {
  const { group, place } = planned;
  const assets = readListing(work, planned.assets);
  const file = place.module + extensionFor(group.format, assets, place.module);
  const own = packed.filter((input) => !isInstalled(input));
  const referenced = await referenceFiles(work, own, file, new Set(assets.map(({ path }) => path)));
  const entries = [...assets, ...readListing(work, referenced)];
  checkShadows(planned, entries, file);
  return { file, entries, referenced };
}

/** Lines at which installed files read what stands beside them: most files are in several functions. */
const readingsIn = perSession(() => new Map<string, number | null>());

/** What esbuild read for a function, and what else decides its package. */
function readOf(
  work: Work,
  planned: PlannedModule,
  built: BuiltEntry,
  copied: Awaited<ReturnType<typeof copyExternals>>,
  others: readonly string[],
  { folders, missing }: ReferenceFiles,
  files: FileStates,
): ReadFiles {
  const { root, repository } = work.session;
  const inputs = inputsOf(built);
  const tsconfig = planned.group.esbuild.tsconfig ?? null;
  const resolution = resolutionOf(files, repository, inputs, built.metafile.inputs, tsconfig);
  const fromRoot = (path: string): string => relative(root, fileOnDisk(path)).replaceAll(sep, "/");
  const absent = missing.map((path): Link => [path, null]);
  return {
    files,
    folders: [...folders, ...copied.folders],
    inputs: [...inputs.map(fileOnDisk), ...copied.inputs, ...others.map(fromRoot)],
    resolution: { ...resolution, links: [...resolution.links, ...copied.links, ...absent] },
    packages: [...copied.packages.map(({ name }) => name), ...transformers(built)],
  };
}

/** All that goes into a module's package, and all that decided it. */
export async function moduleContents(
  work: Work,
  planned: PlannedModule,
  built: BuiltEntry,
  build: ModuleBuild,
): Promise<Contents & Required<Pick<Contents, "beside">>> {
  const { session, fn } = work;
  const { group, key } = planned;
  const copied = await copyExternals(work, group, built, build.standIns);
  const packed = packedInputs(built, inputsOf(built));
  const { file, entries, referenced } = await ownFiles(work, planned, packed);
  const selfReading = selfReadingNotices(session.root, packed, built.code, readingsIn(session));
  // Several functions may have the same to tell.
  for (const message of [...referenced.notices, ...selfReading]) packagesOf(session).notice(message);
  const bundled = bundledPackages(session, packed);
  const copies = copied.packages.flatMap((found) =>
    found.files === null ? [] : [{ ...found, files: found.files }],
  );
  const licenses = licenseEntry(work, [...bundled, ...copies]);
  const packages = [
    ...[...bundled, ...copied.packages].map(({ files: _, ...found }) => found),
    ...usedLayerPackages(built.metafile, group.layers),
  ];
  const style = mapStyle(group);
  const taken = new Set(entries.map(({ path }) => path));
  const copiedEntries = copied.entries.filter(({ path }) => !taken.has(path));
  const inventory = createInventory(built.metafile, packages, copied.provided);
  const others = [...referenced.files.map(({ from }) => from), ...licenses.read];
  return {
    entries: [...bundleFiles(built, file, style), ...entries, ...licenses.entries, ...copiedEntries],
    compatibleRuntimes: bundleRuntimes(fn),
    tools: bundleTools(),
    key,
    read: readOf(work, planned, built, copied, others, referenced, build.files),
    startedAt: build.startedAt,
    inventory,
    beside: besideFiles(inventory, style === "beside" ? built.map : null),
  };
}
