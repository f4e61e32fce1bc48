import type { Manifest, SluiceError, Target } from "@sluice/core";
import { architectureMismatch, handlerMismatch, packageTypeMismatch, runtimeMismatch } from "./errors.ts";
import type { FunctionState } from "./observed.ts";

/**
 * Whether a function can run an artifact: whoever provisioned it fixed its package type, handler, runtime and architecture.
 * A manifest that names no runtimes or architectures does not know them, and they are not checked.
 *
 * @returns every mismatch, an empty list when it fits
 */
export function fits(target: Target, actual: FunctionState, manifest: Manifest): readonly SluiceError[] {
  // An image has neither handler nor runtime: the rest would only be noise.
  if (actual.packageType !== "Zip") return [packageTypeMismatch(target, actual.packageType, manifest)];
  const found: SluiceError[] = [];
  if (actual.handler !== manifest.handler)
    found.push(handlerMismatch(target, actual.handler ?? "", manifest));
  const { compatibleRuntimes, compatibleArchitectures } = manifest;
  if (compatibleRuntimes.length > 0 && !compatibleRuntimes.includes(actual.runtime ?? "")) {
    found.push(runtimeMismatch(target, actual.runtime ?? "no runtime", manifest));
  }
  if (compatibleArchitectures.length > 0 && !compatibleArchitectures.includes(actual.architecture)) {
    found.push(architectureMismatch(target, actual.architecture, manifest));
  }
  return found;
}
