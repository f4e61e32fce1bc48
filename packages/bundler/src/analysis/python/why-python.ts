import type { Inventory } from "@sluice/artifact";
import type { Analysis, Part } from "../analysis.ts";
import type { ImportStep } from "../import-graph.ts";
import { labelOf } from "../label.ts";
import type { Reason } from "../why.ts";
import type { OwnImport } from "./imports.ts";
import { ownersOf } from "./owners.ts";
import { chainsToPackages, normalized } from "./requirements.ts";

type ChainTo = (name: string) => readonly ImportStep[];

/** Paths in the zip of what a part holds. */
function filesOf({ folder, modules }: Part): { readonly path: string; readonly bytes: number }[] {
  const inFolder = (path: string): string =>
    folder === "" || folder === "." || path === folder ? path : `${folder}/${path}`;
  return modules.map(({ path, bytes }) => ({ path: inFolder(path), bytes }));
}

function packageReasons(name: string, analysis: Analysis, chainTo: ChainTo): Reason[] {
  const [bare = name, version] = name.split(/==|@/);
  const isMeant = (each: { readonly name: string; readonly version: string | null }): boolean =>
    normalized(each.name) === normalized(bare) && (version === undefined || version === each.version);
  const inZip = analysis.parts.filter((part) => part.kind === "wheel" && isMeant(part));
  const found = inZip.map((part): Reason => {
    return { name: labelOf(part), how: "wheel", bytes: part.bytes, chain: chainTo(part.name) };
  });
  const layers = analysis.layers.filter(isMeant);
  for (const each of layers) found.push({ name: labelOf(each), how: "layer", bytes: 0, chain: [] });
  if (found.length === 0 && analysis.provided.some((each) => normalized(each) === normalized(name)))
    found.push({ name, how: "provided", bytes: 0, chain: [] });
  return found;
}

const HOW: Readonly<Partial<Record<Part["kind"], Reason["how"]>>> = { own: "own", wheel: "wheel" };

function fileReasons(name: string, analysis: Analysis, chainTo: ChainTo): Reason[] {
  const all = analysis.parts.flatMap((part) => filesOf(part).map((file) => ({ ...file, part })));
  const exact = all.filter(({ path }) => path === name);
  const files = exact.length > 0 ? exact : all.filter(({ path }) => path.endsWith(`/${name}`));
  return files.map(({ path, bytes, part }): Reason => {
    const how = HOW[part.kind] ?? "file";
    return { name: path, how, bytes, chain: how === "wheel" ? chainTo(part.name) : [] };
  });
}

/**
 * Why a Python package (`pydantic`, `pydantic@2.14.3`), a module that is imported (`yaml`), or a file is in a function: with the shortest
 * chain of requirements from an own source. Empty when it is not there.
 */
export function whyPython(
  name: string,
  analysis: Analysis,
  { packages }: Inventory,
  imports: readonly OwnImport[],
): readonly Reason[] {
  const owners = ownersOf(packages);
  const chainTo = chainsToPackages(packages, imports, owners);
  const wanted = name.replace(/^\.\//, "");
  const named = packageReasons(wanted, analysis, chainTo);
  if (named.length > 0) return named;
  const files = fileReasons(wanted, analysis, chainTo);
  if (files.length > 0) return files;
  const owner = owners.ofModule(wanted);
  return owner === null ? [] : packageReasons(owner.name, analysis, chainTo);
}

/** What {@link whyPython} knows a function to have: packages, own sources, and files beside. */
export function namesInPython(analysis: Analysis): readonly string[] {
  const own = analysis.parts.filter(({ kind }) => kind !== "wheel" && kind !== "library");
  const packages = analysis.parts.filter(({ kind }) => kind === "wheel").map((part) => part.name);
  const files = own.flatMap((part) => filesOf(part).map(({ path }) => path));
  const others = [...analysis.layers.map((layer) => layer.name), ...analysis.provided];
  return [...new Set([...packages, ...files, ...others])].sort();
}
