import type { ZipEntry } from "@sluice/artifact";
import type { PythonRun } from "../run.ts";
import type { MergePart } from "../wheels/merge.ts";
import type { HeldPackage } from "./held.ts";
import type { LayerView } from "./layer-paths.ts";
import { JOINING, leaveToLayers } from "./leave-to-layers.ts";

/** A package of the function: what would be packed of it, and the sum of its RECORD. */
export interface UsedPackage extends MergePart {
  readonly version: string;
  readonly record: string;
}

/** What a function has of its layers. */
export interface LayerUse {
  /** Names of packages that are not packed. */
  readonly left: ReadonlySet<string>;
  /** Packages of the layers that the function finds there: those that are left, and those that it says nothing of. */
  readonly held: readonly HeldPackage[];
  /** Files that join the parts of packages here and there. */
  readonly joining: readonly ZipEntry[];
  /** Sentences for people. */
  readonly notices: readonly string[];
}

/** Metadata is the same in both, but for what only the one or the other way of packing leaves. */
const METADATA = /^[^/]+\.dist-info\//;

/** Why a package that a layer has is packed all the same; `null` when it can be left. */
function misfitOf(used: UsedPackage, view: LayerView): string | null {
  const holders = view.packages.get(used.name) ?? [];
  const same = holders.find(({ version }) => version === used.version);
  const [other] = holders;
  if (same === undefined) return `${other?.layer} has ${other?.version}`;
  if (same.record !== used.record) return `${same.layer} has another build of it`;
  const lacks = ({ path }: { readonly path: string }): boolean =>
    !METADATA.test(path) && !view.paths.has(path) && !(path.endsWith(".py") && view.paths.has(`${path}c`));
  const lacking = used.files.find(lacks);
  return lacking === undefined ? null : `${same.layer} has it without ${lacking.path}`;
}

function packedNotice(run: PythonRun, reasons: readonly string[]): string[] {
  if (reasons.length === 0) return [];
  const more = reasons.length > 5 ? `, and ${reasons.length - 5} more` : "";
  const shown = reasons.slice(0, 5).join(", ") + more;
  return [`${run.fn.name}: packed although its layers hold them: ${shown}.`];
}

/** A module that stands in both is taken from the function. */
function ownNotice(run: PythonRun, own: readonly { readonly path: string }[], view: LayerView): string[] {
  const both = own.filter(({ path }) => path.endsWith(".py") && view.paths.has(path));
  const [first] = both;
  if (first === undefined) return [];
  const more = both.length > 1 ? ` and ${both.length - 1} more of its files` : "";
  return [
    `${run.fn.name}: the layer ${view.layerOf.get(first.path)} holds ${first.path}${more}, too: the function's own are packed, and go first. To have them in the layer alone, keep them in a folder that imports of the function do not lead to.`,
  ];
}

/**
 * Decides what of a function's packages its layers have: the same version, of the same files, where import finds all of it.
 *
 * @param used - all of the function's packages, slimmed
 * @param own - the function's own files
 */
export function useLayers(
  run: PythonRun,
  used: readonly UsedPackage[],
  own: readonly ZipEntry[],
  view: LayerView,
): LayerUse {
  if (view.paths.size === 0) return { left: new Set(), held: [], joining: [], notices: [] };
  const inLayers = used.filter(({ name }) => view.packages.has(name));
  const misfits = new Map(inLayers.map((each) => [each.name, misfitOf(each, view)]));
  const candidates = used.filter(({ name }) => misfits.get(name) === null);
  const others = used.filter((each) => !candidates.includes(each)).flatMap(({ files }) => files);
  const { left, packed, joined } = leaveToLayers(candidates, [...own, ...others], view.entries);
  const reasons = inLayers.flatMap(({ name, version }) => {
    const apart = packed.get(name);
    const reason = misfits.get(name) ?? (apart === undefined ? null : `${apart} has parts in both`);
    return reason === null ? [] : [`${name} ${version} (${reason})`];
  });
  const names = new Set(used.filter(({ name }) => !left.has(name)).map(({ name }) => name));
  const held = [...view.packages].flatMap(([name, [first]]) =>
    first === undefined || names.has(name) ? [] : [first],
  );
  const joins = joined.map(
    (name) =>
      `${run.fn.name}: a layer has ${name}/__init__.py, which would hide what the function has of ${name.replaceAll("/", ".")}: one that joins both is packed.`,
  );
  return {
    left,
    held: held.map(({ layer: _, ...each }) => each),
    joining: joined.map((name) => ({ path: `${name}/__init__.py`, bytes: Buffer.from(JOINING) })),
    notices: [...packedNotice(run, reasons), ...joins, ...ownNotice(run, own, view)],
  };
}
