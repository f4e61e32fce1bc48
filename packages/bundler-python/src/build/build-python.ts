import { dirname } from "node:path";
import {
  type BuiltLayer,
  besidePath,
  type Contents,
  writeCacheFile,
  writePackage,
  type ZipEntry,
} from "@sluice/artifact";
import type { Artifact } from "@sluice/core";
import { type Keyed, pythonTools } from "../cache-key.ts";
import type { CheckOptions } from "../check/check-options.ts";
import { checkPython } from "../check/check-python.ts";
import { layerFiles } from "../layers/function-layers.ts";
import { viewLayers } from "../layers/layer-paths.ts";
import { packWithLayers } from "../layers/pack-with-layers.ts";
import type { PythonRun } from "../run.ts";
import { type PythonWork, runOf, tellOnce } from "../session.ts";
import { findEntry } from "../source/entry.ts";
import { checkHandlerPlace } from "../source/handler.ts";
import type { OwnSources } from "../source/list-sources.ts";
import { compiled } from "./compiled.ts";
import { buildErrors } from "./errors.ts";
import { reviewImports } from "./imports.ts";
import { createPythonInventory, inventoryFile } from "./inventory.ts";
import { checkLibraries } from "./libraries.ts";
import { licenseEntries } from "./licenses.ts";
import { type CheckedFile, checkMachineCode } from "./machine-check.ts";
import { tellDependencies } from "./notices.ts";
import { type OpenedDependencies, openDependencies } from "./opened.ts";
import { givenByPackages, readOwn, withoutOwn } from "./own-sources.ts";
import type { PackedDependencies } from "./packed.ts";
import { readFilesOf } from "./read-files.ts";

/** Own files and those of packages must not meet; nothing may take the place of the handler's module. */
function checkPlaces(
  run: PythonRun,
  own: OwnSources,
  entries: readonly ZipEntry[],
  { files }: PackedDependencies,
): void {
  const mine = new Set(entries.map(({ path }) => path));
  const clash = files.find(({ path }) => mine.has(path));
  if (clash !== undefined) throw buildErrors.fileClash(run, clash.path, clash.package);
  const paths = [...mine, ...files.map(({ path }) => path)].filter((path) => path !== own.handler.place);
  checkHandlerPlace(run.fn, own.handler, paths, run.target);
}

function tellNotices(work: PythonWork, own: readonly string[], opened: OpenedDependencies): void {
  for (const message of own) tellOnce(work.session, message);
  tellDependencies(work.session, opened);
}

/** What decided the package: all that was read, looked for in vain, and the folders in which a new file would count. */
function decisiveOf(
  work: PythonWork,
  own: OwnSources,
  opened: OpenedDependencies,
  { programs }: PackedDependencies,
): Contents["read"] {
  const { dependencies, local } = opened;
  return readFilesOf(work.session, {
    files: [
      ...own.decided.read,
      ...own.files.map(({ from }) => from),
      ...(dependencies?.files ?? []),
      ...local.files,
      ...programs,
    ],
    missing: [...own.decided.missing, ...opened.lookedFor],
    folders: [...own.decided.folders, ...local.folders],
    variables: opened.variables,
  });
}

function checkOptions(
  work: PythonWork,
  own: OwnSources,
  packed: PackedDependencies,
  layers: readonly BuiltLayer[],
): CheckOptions {
  const { fn } = work;
  const suffix = fn.python.compiled ? "c" : "";
  return {
    handler: fn.handler,
    env: fn.importCheck.env,
    provided: fn.provided,
    sources: new Map(own.files.map(({ from, to }) => [to.endsWith(".py") ? to + suffix : to, from])),
    dependencies: { id: packed.id, files: packed.files },
    ...(layers.length === 0 || !fn.importCheck.enabled ? {} : { layers: layerFiles(work.session, layers) }),
  };
}

/** What {@link checkLibraries} says of own files and those of packages together. */
function lackingLibraries(
  run: PythonRun,
  mine: readonly CheckedFile[],
  { files }: PackedDependencies,
  layers: readonly BuiltLayer[],
): readonly string[] {
  const theirs = files.map((file) => ({ ...file, owner: file.package, isForAny: false }));
  const inLayers = layers.flatMap(({ artifact }) => artifact.manifest.files.map(({ path }) => path));
  return checkLibraries(run, [...mine, ...theirs], inLayers);
}

/** Puts a Python function's package together, proves it, and writes it. */
export async function buildPython(work: PythonWork, { key, assets, layers }: Keyed): Promise<Artifact> {
  const startedAt = work.session.context.now();
  const run = runOf(work);
  const entry = findEntry(run);
  // Downloads go on while the sources are read.
  const opening = openDependencies(work.session, run, dirname(entry.file));
  opening.catch(() => undefined);
  const first = readOwn(work, entry, assets, new Set());
  const opened = await opening;
  const given = givenByPackages(first, entry, opened.wheels);
  const { own, sources } = given.size === 0 ? first : readOwn(work, entry, assets, given);
  const view = viewLayers(layers, run.target);
  const joined = packWithLayers(run, opened.wheels, sources, view);
  const divided = { ...joined, packed: withoutOwn(joined.packed, joined.own) };
  checkPlaces(run, own, divided.own, divided.packed);
  const { entries, packed } = await compiled(run, divided.own, divided.packed);
  const mine = entries.map(({ path, bytes }) => ({ path, bytes, owner: null, isForAny: false }));
  checkMachineCode(run, mine);
  const label = opened.dependencies?.label ?? null;
  const paths = divided.packed.files.map(({ path }) => path);
  const reviewed = reviewImports(run, own, { packages: paths, layers: view.paths }, label);
  const lacking = lackingLibraries(run, mine, packed, layers);
  const notices = [...own.notices, ...reviewed, ...divided.notices, ...packed.notices, ...lacking];
  tellNotices(work, notices, opened);
  const owners = new Map(packed.files.map((file) => [file.path, file.package]));
  const inventory = createPythonInventory(
    divided.wheels,
    packed.files,
    entries.map(({ path }) => path),
    run.fn.provided,
    divided.held,
  );
  const beside = inventoryFile(inventory);
  const artifact = await writePackage(work, {
    entries: [...entries, ...licenseEntries(opened.wheels, run.fn.licenses), ...packed.files],
    compatibleRuntimes: [run.fn.runtime],
    tools: { ...pythonTools(), ...opened.tools, ...packed.tools },
    key,
    read: decisiveOf(work, own, opened, packed),
    startedAt,
    inventory,
    beside: [beside],
    partOf: (path) => owners.get(path) ?? null,
    check: () =>
      checkPython(
        run,
        entries.map((each) => ({ ...each, executable: each.executable ?? false })),
        checkOptions(work, own, packed, layers),
      ),
  });
  writeCacheFile(besidePath(work.session, run.fn.name, beside), beside.bytes);
  return artifact;
}
