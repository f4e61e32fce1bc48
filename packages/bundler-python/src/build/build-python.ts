import { dirname } from "node:path";
import {
  besidePath,
  type Contents,
  type Listing,
  readListing,
  writeCacheFile,
  writePackage,
  type ZipEntry,
} from "@sluice/artifact";
import type { Artifact } from "@sluice/core";
import { type Keyed, pythonTools } from "../cache-key.ts";
import type { CheckOptions } from "../check/check-options.ts";
import { checkPython } from "../check/check-python.ts";
import type { PythonRun } from "../run.ts";
import { type PythonWork, runOf, tellOnce } from "../session.ts";
import { findEntry } from "../source/entry.ts";
import { checkHandlerPlace } from "../source/handler.ts";
import { listSources, type OwnSources } from "../source/list-sources.ts";
import { buildErrors } from "./errors.ts";
import { reviewImports } from "./imports.ts";
import { inventoryOf } from "./inventory.ts";
import { licenseEntries } from "./licenses.ts";
import { checkMachineCode } from "./machine-check.ts";
import { type OpenedDependencies, openDependencies } from "./opened.ts";
import { type PackedDependencies, packDependencies } from "./packed.ts";
import { readFilesOf } from "./read-files.ts";

/** Own files in the package: sources, what Sluice writes for the handler, and assets. */
function ownEntries(work: PythonWork, own: OwnSources, assets: Listing): ZipEntry[] {
  const sources = readListing(work, { files: own.files, leftOut: own.leftOut });
  const generated = own.generated.map(({ path, text }) => ({ path, bytes: Buffer.from(text) }));
  const taken = new Set([...sources, ...generated].map(({ path }) => path));
  const others = readListing(work, assets).filter(({ path }) => !taken.has(path));
  return [...sources, ...generated, ...others];
}

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

function tellNotices(work: PythonWork, own: readonly string[], { dependencies }: OpenedDependencies): void {
  for (const message of [...own, ...(dependencies?.notices ?? [])]) tellOnce(work.session, message);
  if (dependencies !== null && dependencies.unpinned.length > 0)
    tellOnce(work.session, unpinnedNotice(dependencies.label, dependencies.unpinned));
}

function unpinnedNotice(label: string, names: readonly string[]): string {
  const shown =
    names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  return `${label} does not fix the version of ${shown}: another machine, or another day, may pack another one. A lockfile does (uv lock, or uv pip compile).`;
}

/** What decided the package: all that was read, looked for in vain, and the folders in which a new file would count. */
function decisiveOf(work: PythonWork, own: OwnSources, opened: OpenedDependencies): Contents["read"] {
  const { dependencies, projects } = opened;
  return readFilesOf(work.session, {
    files: [
      ...own.decided.read,
      ...own.files.map(({ from }) => from),
      ...(dependencies?.files ?? []),
      ...projects.files,
    ],
    missing: [...own.decided.missing, ...opened.lookedFor],
    folders: [...own.decided.folders, ...projects.folders],
  });
}

function checkOptions(run: PythonRun, own: OwnSources, packed: PackedDependencies): CheckOptions {
  const { fn } = run;
  const suffix = fn.python.compiled ? "c" : "";
  return {
    handler: fn.handler,
    env: fn.importCheck.env,
    provided: fn.provided,
    sources: new Map(own.files.map(({ from, to }) => [to.endsWith(".py") ? to + suffix : to, from])),
    dependencies: { id: packed.id, files: packed.files },
  };
}

/** Compiled modules in place of sources, own ones and those of packages, where the function asks for it. */
async function compiled(
  run: PythonRun,
  entries: readonly ZipEntry[],
  packed: PackedDependencies,
): Promise<{ entries: readonly ZipEntry[]; packed: PackedDependencies }> {
  if (!run.fn.python.compiled) return { entries, packed };
  const { compileModules } = await import("../compiled/compile-modules.ts");
  const mine = entries.map((entry) => ({
    ...entry,
    deflated: null,
    executable: entry.executable ?? false,
    package: null,
  }));
  const { files, tools } = await compileModules(run, [...mine, ...packed.files]);
  const dependencies = files.flatMap((file) =>
    file.package === null ? [] : { ...file, package: file.package },
  );
  return {
    entries: files.filter((file) => file.package === null),
    packed: { ...packed, files: dependencies, tools: { ...packed.tools, ...tools } },
  };
}

/** Puts a Python function's package together, proves it, and writes it. */
export async function buildPython(work: PythonWork, { key, assets }: Keyed): Promise<Artifact> {
  const startedAt = work.session.context.now();
  const run = runOf(work);
  const entry = findEntry(run);
  // Downloads go on while the sources are read.
  const opening = openDependencies(work.session, run, dirname(entry.file));
  opening.catch(() => undefined);
  const own = listSources(run, entry);
  const sources = ownEntries(work, own, assets);
  const opened = await opening;
  const uncompiled = await packDependencies(run, opened.wheels, sources);
  checkPlaces(run, own, sources, uncompiled);
  const { entries, packed } = await compiled(run, sources, uncompiled);
  const mine = entries.map(({ path, bytes }) => ({ path, bytes, owner: null, isForAny: false }));
  checkMachineCode(run, mine);
  const label = opened.dependencies?.label ?? null;
  const reviewed = reviewImports(
    run,
    own,
    uncompiled.files.map(({ path }) => path),
    label,
  );
  tellNotices(work, [...own.notices, ...reviewed, ...packed.notices], opened);
  const owners = new Map(packed.files.map((file) => [file.path, file.package]));
  const inventory = inventoryOf(
    opened.wheels,
    packed.files,
    entries.map(({ path }) => path),
    run.fn.provided,
  );
  const artifact = await writePackage(work, {
    entries: [...entries, ...licenseEntries(opened.wheels, run.fn.licenses), ...packed.files],
    compatibleRuntimes: [run.fn.runtime],
    tools: { ...pythonTools(), ...opened.tools, ...packed.tools },
    key,
    read: decisiveOf(work, own, opened),
    startedAt,
    beside: [inventory],
    partOf: (path) => owners.get(path) ?? null,
    check: () => {
      const options = checkOptions(run, own, packed);
      return checkPython(
        run,
        entries.map((each) => ({ ...each, executable: each.executable ?? false })),
        options,
      );
    },
  });
  writeCacheFile(besidePath(work.session, run.fn.name, inventory), inventory.bytes);
  return artifact;
}
