import { relative, sep } from "node:path";
import type { ZipEntry } from "@sluice/artifact";
import type { Artifact } from "@sluice/core";
import { refreshed } from "../cache/refresh.ts";
import { resolutionOf } from "../cache/resolution.ts";
import { buildFailed } from "../errors.ts";
import { copyExternals } from "../externals/copy-externals.ts";
import { fileOnDisk } from "../externals/package-reader.ts";
import { createInventory } from "../inventory.ts";
import { collectLicenses, LICENSES_FILE } from "../licenses/licenses.ts";
import { usedLayerPackages } from "../layers/used-packages.ts";
import { bundleRuntimes } from "../machine/compatibility.ts";
import { readListing, writePackage } from "../package.ts";
import type { Work } from "../session.ts";
import { bundleTools } from "../tools.ts";
import { besideFiles, writeBeside } from "./beside.ts";
import { bundleFiles, checkShadows, extensionFor } from "./bundle-files.ts";
import { bundledPackages, type FoundPackage, readerOf } from "./bundled-packages.ts";
import { entryKey } from "./entry.ts";
import { failureOf, flawOf } from "./failure.ts";
import { handlerFlaw } from "./handler-flaw.ts";
import { type PlannedModule, planModules } from "./module-plan.ts";
import { mapStyle } from "./options.ts";
import type { BuiltEntry } from "./output.ts";
import { withOwnSources } from "./own-sources.ts";
import { isInstalled } from "./portable.ts";
import { referenceFiles } from "./reference-files.ts";

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

/** What was built for a function, with the texts of its own sources in the map. */
async function builtEntry(work: Work, planned: PlannedModule): Promise<BuiltEntry> {
  const { fn, session } = work;
  const { group, entry } = planned;
  const { entries } = await (session.modules ?? planModules(session)).build(planned);
  const built = entries.get(entryKey(entry));
  if (built === undefined) throw buildFailed(fn.name, "esbuild gave no output for this entry.", null);
  if ("messages" in built) throw await failureOf(fn, session.root, group, entry, built.messages);
  const flaw = await handlerFlaw(session.root, group, entry, built);
  if (flaw !== null) throw await flawOf(fn, session.root, group, entry, flaw);
  const addsSources = built.map !== null && group.esbuild.sourcesContent === undefined;
  return addsSources ? { ...built, map: withOwnSources(built.map, session.root) } : built;
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

/** Bundles a Node.js module, or finds that its last bundle is still right. */
export async function bundleModule(work: Work): Promise<Artifact> {
  const { fn, session } = work;
  session.modules ??= planModules(session);
  const planned = await session.modules.modules.get(fn.name);
  if (planned === undefined) throw new Error(`${fn.name} is not among the functions of its own run`);
  if ("error" in planned) throw planned.error;
  if (planned.cached !== null) return refreshed(work, planned.cached);
  const { group, place, key } = planned;
  const built = await builtEntry(work, planned);
  const { startedAt, files, standIns } = await session.modules.build(planned);
  const copied = await copyExternals(work, group, built, standIns);
  const style = mapStyle(group);
  const inputs = inputsOf(built);
  const packed = packedInputs(built, inputs);
  const assets = readListing(work, planned.assets);
  const file = place.module + extensionFor(group.format, assets, place.module);
  const own = packed.filter((input) => !isInstalled(input));
  const referenced = await referenceFiles(work, own, file, new Set(assets.map(({ path }) => path)));
  for (const message of referenced.notices) session.context.emit({ type: "notice", message });
  const all = [...assets, ...readListing(work, referenced)];
  checkShadows(planned, all, file);
  const packages = bundledPackages(session, packed);
  const installed = copied.packages.flatMap((found) =>
    found.files === null ? [] : [{ ...found, files: found.files }],
  );
  const licenses = licenseEntry(work, [...packages, ...installed]);
  const fromRoot = (path: string): string => relative(session.root, path).replaceAll(sep, "/");
  const inventory = createInventory(
    built.metafile,
    [
      ...[...packages, ...copied.packages].map(({ files: _, ...found }) => found),
      ...usedLayerPackages(built.metafile, group.layers),
    ],
    copied.provided,
  );
  const beside = besideFiles(inventory, style === "beside" ? built.map : null);
  const taken = new Set(all.map(({ path }) => path));
  const copiedFiles = copied.entries.filter(({ path }) => !taken.has(path));
  const resolution = resolutionOf(
    session.root,
    session.repository,
    inputs,
    built.metafile.inputs,
    group.esbuild.tsconfig ?? null,
  );
  const artifact = await writePackage(work, {
    entries: [...bundleFiles(built, file, style), ...all, ...licenses.entries, ...copiedFiles],
    compatibleRuntimes: bundleRuntimes(fn),
    tools: bundleTools(),
    // A file that appears in a folder that was taken whole could not be seen before the next build.
    key: referenced.folders.length > 0 ? { ...key, cacheable: false } : key,
    read: {
      files,
      inputs: [
        ...inputs.map(fileOnDisk),
        ...copied.inputs,
        ...[...referenced.files.map(({ from }) => from), ...licenses.read].map(fromRoot),
      ],
      resolution: { ...resolution, links: [...resolution.links, ...copied.links] },
      packages: copied.packages.map(({ name }) => name),
    },
    startedAt,
    beside,
  });
  writeBeside(work, beside);
  return artifact;
}
