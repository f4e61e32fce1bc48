import { createHash } from "node:crypto";
import type { InventoryPackage } from "@sluice/artifact";
import type { OpenedWheel } from "../build/opened.ts";

/** A package that a layer holds. */
export interface HeldPackage {
  /** Normalized as PEP 503 has it. */
  readonly name: string;
  readonly version: string;
  readonly license: string | null;
  /** File name of its wheel. */
  readonly filename: string;
  readonly requires: readonly string[];
  /** Sum of its wheel's RECORD, and with it of all files in the wheel. */
  readonly record: string;
}

/** What a layer of Python packages holds: the same on every machine, since it decides the bytes of functions. */
export interface PythonHeld {
  /** Sorted by name. */
  readonly packages: readonly HeldPackage[];
  /** Folders, from the layer's top, whose `__init__.py` joins folders of the same name elsewhere on `sys.path`. */
  readonly extending: readonly string[];
}

/**
 * Tells whether two wheels hold the same files: their RECORD lists each with its sum. The wheel's own sum would tell more than that:
 * a project that is built again has other times in it.
 */
export function recordSum({ info, files }: Pick<OpenedWheel, "info" | "files">): string {
  const record = files.find(({ path }) => path === `${info}/RECORD`);
  return createHash("sha256")
    .update(record?.bytes ?? "")
    .digest("hex");
}

export function heldPackage(wheel: OpenedWheel): HeldPackage {
  const { name, filename, metadata } = wheel;
  const { version, license, requires } = metadata;
  return { name, version, license, filename, requires, record: recordSum(wheel) };
}

/** The same for the inventory of a function that leaves it to the layer. */
export function heldInventory({ name, version, license, filename, requires }: HeldPackage): InventoryPackage {
  return { name, version, license, folder: filename, how: "layer", ecosystem: "pypi", requires };
}
