import type { SluiceError } from "@sluice/core";
import { usage } from "../errors.ts";

export function layerPackageNotInstalled(layer: string, pattern: string, isPattern: boolean): SluiceError {
  return usage(
    "SLUICE_LAYER_PACKAGE_NOT_INSTALLED",
    isPattern
      ? `The layer ${layer}: ${pattern} matches no package that package.json depends on.`
      : `The layer ${layer}: the package ${pattern} is not installed.`,
    isPattern
      ? "Name the packages themselves, or add them to the dependencies of the package.json beside the configuration."
      : `Install it (npm install ${pattern}), or correct its name.`,
    `layers.${layer}.packages`,
  );
}
