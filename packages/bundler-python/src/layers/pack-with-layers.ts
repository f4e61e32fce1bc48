import type { InventoryPackage, ZipEntry } from "@sluice/artifact";
import type { OpenedWheel } from "../build/opened.ts";
import { type PackedDependencies, packParts, slimParts } from "../build/packed.ts";
import type { PythonRun } from "../run.ts";
import { heldInventory, recordSum } from "./held.ts";
import type { LayerView } from "./layer-paths.ts";
import { useLayers } from "./use-layers.ts";

/** A function's packages, as its package and its layers have them. */
export interface PackedWithLayers {
  readonly packed: PackedDependencies;
  /** Wheels of what is packed. */
  readonly wheels: readonly OpenedWheel[];
  /** The function's own files, and those that join packages with parts in both. */
  readonly own: readonly ZipEntry[];
  /** What the layers have. */
  readonly held: readonly InventoryPackage[];
  /** Sentences for people. */
  readonly notices: readonly string[];
}

/**
 * Packs a function's packages but for those that its layers have.
 *
 * @param own - the function's own files
 */
export function packWithLayers(
  run: PythonRun,
  wheels: readonly OpenedWheel[],
  own: readonly ZipEntry[],
  view: LayerView,
): PackedWithLayers {
  const parts = slimParts(run, wheels, own);
  const used = wheels.map((wheel, index) => ({
    name: wheel.name,
    version: wheel.version,
    record: view.packages.has(wheel.name) ? recordSum(wheel) : "",
    files: parts[index]?.files ?? [],
  }));
  const { left, held, joining, notices } = useLayers(run, used, own, view);
  const kept = wheels.filter(({ name }) => !left.has(name));
  const packed = packParts(
    run,
    kept,
    parts.filter(({ name }) => !left.has(name)),
  );
  return { packed, wheels: kept, own: [...own, ...joining], held: held.map(heldInventory), notices };
}
