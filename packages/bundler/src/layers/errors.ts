import { type SluiceError, usageError } from "@sluice/core";

export function layerPackageNotInstalled(layer: string, pattern: string, isPattern: boolean): SluiceError {
  return usageError(
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
