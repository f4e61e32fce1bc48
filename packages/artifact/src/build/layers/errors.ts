import { type SluiceError, usageError } from "@sluice/core";

export function layerFolderMissing(layer: string, folder: string, isThere: boolean): SluiceError {
  return usageError(
    "SLUICE_LAYER_FOLDER_MISSING",
    `The layer ${layer}: ${folder} ${isThere ? "is a folder without files that are packed" : "is no folder"}.`,
    "Correct the path: it is relative to the folder of the configuration file. Build what makes the folder first.",
    `layers.${layer}.folders`,
  );
}

export function layerPlaceInvalid(layer: string, to: string): SluiceError {
  return usageError(
    "SLUICE_LAYER_PLACE_INVALID",
    `The layer ${layer}: ${to} is no place in the layer.`,
    "Give to as a relative path without .., from the layer's top, which is /opt in the function.",
    `layers.${layer}.folders`,
  );
}

export function layerBundlerMissing(layer: string): SluiceError {
  return usageError(
    "SLUICE_LAYER_BUNDLER_MISSING",
    `The layer ${layer} holds Python packages, and the bundler that its function has does not make those.`,
    "In the configuration's `plugins`, give it what makes them: bundler({ layers: [pythonLayers()] }), from @sluice/bundler-python; or leave the bundler to the command, which has it built in.",
    `layers.${layer}.python`,
  );
}

/** A size for messages. */
interface Sized {
  readonly name: string;
  readonly bytes: number;
}

const shown = ({ name, bytes }: Sized): string => `${name} ${(bytes / 1_000_000).toFixed(1)} MB`;

/** `parts`: function and layers, as `orders-api` and `layer shared`; `biggest`: packages and files in them, the biggest first. */
export function layersTooLarge(
  functionName: string,
  parts: readonly Sized[],
  biggest: readonly Sized[],
  limit: number,
): SluiceError {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  return usageError(
    "SLUICE_LAYERS_TOO_LARGE",
    `${functionName} and its layers hold ${total} bytes unzipped; AWS Lambda allows ${limit} for them together: ${parts.map(shown).join(", ")}. The biggest in them: ${biggest.map(shown).join(", ")}.`,
    "Leave out what the function does not need, or give it a layer of its own with less in it.",
    `functions.${functionName}.layers`,
  );
}

export function layersClash(
  functionName: string,
  one: string,
  other: string,
  path: string,
  count: number,
): SluiceError {
  const more = count > 1 ? ` and ${count - 1} more` : "";
  return usageError(
    "SLUICE_LAYERS_CLASH",
    `${functionName} has the layers ${one} and ${other}, which hold different files under one path: ${path}${more}. Lambda unpacks one over the other.`,
    "Put the package into one of the layers alone, or make both of one version.",
    `functions.${functionName}.layers`,
  );
}
