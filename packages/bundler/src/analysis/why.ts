import type { Inventory } from "@sluice/artifact";
import type { Metafile } from "esbuild";
import type { Analysis, Part } from "./analysis.ts";
import { bundledFolders, bytesOfModules } from "./bundled.ts";
import { type Home, homeOf, installedHome } from "./home.ts";
import { externalKey, type ImportGraph, type ImportStep, importGraph } from "./import-graph.ts";
import { labelOf } from "./label.ts";

/** Why something is in a function: a package, a copy of it, or one module. */
export interface Reason {
  /** `zod@3.25.1`, or a path. */
  readonly name: string;
  /** `unused`: it was read, and nothing of it is left in the bundle. `file`: it stands beside the code. */
  readonly how: "own" | "bundled" | "copied" | "wheel" | "layer" | "provided" | "unused" | "file";
  /** Bytes unzipped. */
  readonly bytes: number;
  /** The shortest one from the entry; empty for what no import brings. */
  readonly chain: readonly ImportStep[];
}

/** One function's imports, to be asked as often as need be. */
export interface Chains {
  readonly graph: ImportGraph;
  /** Bytes that modules have left in the bundle. */
  readonly bytes: ReadonlyMap<string, number>;
  homeOf(file: string): Home;
  /** The shortest chain to a package's nearest module that is left in the bundle; to any of its modules when none is. */
  toFolder(folder: string): readonly ImportStep[];
  /** The shortest chain to an import of this package that is not bundled. */
  toExternal(name: string): readonly ImportStep[];
  /** The shortest chain to a package in the zip. */
  toPart(part: Part): readonly ImportStep[];
}

const NO_IMPORTS: ImportGraph = { reached: [], chainTo: () => [] };
const EXTERNAL = externalKey("");

/** The package that an import names: `@scope/name` of `@scope/name/deep`. */
function packageOf(specifier: string): string {
  // A layer's packages are imported by their place in /opt.
  const name = specifier.replace(/^\/opt\/nodejs\/(?:.*\/)?node_modules\//, "");
  return /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? specifier;
}

/** Indexes the imports of one function's bundle. */
export function chainsOf(inventory: Inventory<Metafile>): Chains {
  const { metafile } = inventory;
  const graph = metafile === null ? NO_IMPORTS : importGraph(metafile);
  const bytes = metafile === null ? new Map<string, number>() : bytesOfModules(metafile);
  const folders = bundledFolders(inventory);
  const nearest = new Map<string, string>();
  const external = new Map<string, string>();
  for (const file of graph.reached) {
    if (file.startsWith(EXTERNAL)) {
      const name = packageOf(file.slice(EXTERNAL.length));
      if (!external.has(name)) external.set(name, file);
      continue;
    }
    const { folder } = homeOf(file, folders);
    const known = nearest.get(folder);
    const isBetter = known !== undefined && (bytes.get(known) ?? 0) === 0 && (bytes.get(file) ?? 0) > 0;
    if (known === undefined || isBetter) nearest.set(folder, file);
  }
  const to = (file: string | undefined): readonly ImportStep[] =>
    file === undefined ? [] : graph.chainTo(file);
  const toExternal = (name: string): readonly ImportStep[] => to(external.get(name));
  const toPart = (part: Part): readonly ImportStep[] => {
    if (part.kind !== "copied") return to(nearest.get(part.folder));
    // A package inside of another's node_modules is there for that one's sake.
    const holder = installedHome(part.folder.slice(0, part.folder.lastIndexOf("node_modules/")));
    if (holder === null) return toExternal(part.name);
    const chain = toExternal(holder.name).map((step) => ({ ...step, kind: step.kind ?? "dependency" }));
    return [...chain, { file: part.name, kind: null }];
  };
  return {
    graph,
    bytes,
    homeOf: (file) => homeOf(file, folders),
    toFolder: (folder) => to(nearest.get(folder)),
    toExternal,
    toPart,
  };
}

/** Who brings a package: the last own source of the chain to it, then packages, the one that imports it last. */
export function broughtBy(
  part: Part,
  chains: Chains,
  versions: ReadonlyMap<string, string | null>,
): string[] {
  const steps = chains.toPart(part).slice(0, -1);
  const homes = steps.map(({ file, kind }) => {
    // What a copied package depends on follows the import of that package, which is a name and no file.
    const name = packageOf(file);
    const copied: Home = { kind: "package", name, folder: `node_modules/${name}` };
    return { file, home: kind === "dependency" ? copied : chains.homeOf(file) };
  });
  const lastOwn = homes.findLastIndex(({ home }) => home.kind === "own");
  const names = homes.slice(Math.max(0, lastOwn)).map(({ file, home }) => {
    if (home.kind !== "package") return file;
    return labelOf({ name: home.name, version: versions.get(home.folder) ?? null });
  });
  return names.filter((name, index) => name !== names[index - 1] && name !== labelOf(part));
}

/** Modules that the entry reaches; not what is left out of the bundle, as a layer's. */
function bundledOnes({ graph }: Chains): string[] {
  return graph.reached.filter((file) => !file.startsWith(EXTERNAL));
}

function packageReasons(name: string, analysis: Analysis, chains: Chains): Reason[] {
  const packages = analysis.parts.filter(({ kind }) => kind === "bundled" || kind === "copied");
  const inZip = packages.filter((part) => part.name === name || labelOf(part) === name);
  const found = inZip.map((part): Reason => {
    const how = part.kind === "copied" ? "copied" : "bundled";
    return { name: labelOf(part), how, bytes: part.bytes, chain: chains.toPart(part) };
  });
  const layers = analysis.layers.filter((each) => each.name === name || labelOf(each) === name);
  for (const each of layers)
    found.push({ name: labelOf(each), how: "layer", bytes: 0, chain: chains.toExternal(each.name) });
  const known = new Set(packages.map(({ folder }) => folder));
  const unused = new Set(
    bundledOnes(chains)
      .map((file) => chains.homeOf(file))
      .filter((home) => home.kind === "package" && home.name === name && !known.has(home.folder))
      .map(({ folder }) => folder),
  );
  for (const folder of unused) found.push({ name, how: "unused", bytes: 0, chain: chains.toFolder(folder) });
  if (found.length === 0 && analysis.provided.some((each) => each === name || packageOf(each) === name))
    found.push({ name, how: "provided", bytes: 0, chain: chains.toExternal(packageOf(name)) });
  return found;
}

function moduleReasons(name: string, analysis: Analysis, chains: Chains): Reason[] {
  const reached = bundledOnes(chains);
  const exact = reached.filter((file) => file === name);
  const files = exact.length > 0 ? exact : reached.filter((file) => file.endsWith(`/${name}`));
  if (files.length === 0) {
    const beside = analysis.parts.filter(
      ({ kind }) => kind === "asset" || kind === "map" || kind === "license",
    );
    const paths = beside.flatMap((part) =>
      part.modules.map(({ path, bytes }) => ({
        name: path === part.folder ? path : `${part.folder}/${path}`,
        bytes,
      })),
    );
    const found = paths.filter((file) => file.name === name || file.name.endsWith(`/${name}`));
    return found.map((file): Reason => ({ ...file, how: "file", chain: [] }));
  }
  return files.map((file): Reason => {
    const bytes = chains.bytes.get(file) ?? 0;
    const how = bytes === 0 ? "unused" : chains.homeOf(file).kind === "own" ? "own" : "bundled";
    return { name: file, how, bytes, chain: chains.graph.chainTo(file) };
  });
}

/**
 * Why a package (`zod`, `zod@3.25.1`) or a module (`src/order.ts`, or the end of its path) is in a function: one reason for each
 * copy and module, with the shortest import chain. Empty when it is not there.
 */
export function why(name: string, analysis: Analysis, inventory: Inventory<Metafile>): readonly Reason[] {
  const chains = chainsOf(inventory);
  const wanted = name.replace(/^\.\//, "");
  const packages = packageReasons(wanted, analysis, chains);
  return packages.length > 0 ? packages : moduleReasons(wanted, analysis, chains);
}

/** What {@link why} knows a function to have: names of packages, paths of own sources and of files. */
export function knownNames(analysis: Analysis, inventory: Inventory<Metafile>): readonly string[] {
  const chains = chainsOf(inventory);
  const modules = chains.graph.reached.flatMap((file) => {
    if (file.startsWith(EXTERNAL)) return [];
    const home = chains.homeOf(file);
    return home.kind === "package" ? [home.name] : [file];
  });
  const parts = analysis.parts
    .filter(({ kind }) => kind !== "own" && kind !== "bundler")
    .map(({ name }) => name);
  const layers = analysis.layers.map(({ name }) => name);
  return [...new Set([...modules, ...parts, ...layers, ...analysis.provided])].sort();
}
