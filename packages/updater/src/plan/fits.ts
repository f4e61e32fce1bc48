import type { Manifest, SluiceError, Target } from "@sluice/core";
import {
  architectureMismatch,
  handlerMismatch,
  languageMismatch,
  packageTypeMismatch,
  runtimeMismatch,
} from "../errors.ts";
import { imageElsewhere } from "../images/errors.ts";
import { imageRegion, imageUri } from "../images/image-uri.ts";
import type { FunctionState } from "./observed.ts";

/**
 * Whether a function can run an artifact: whoever provisioned it fixed its package type, handler, runtime and architecture.
 * A manifest that names no runtimes or architectures does not know them, and they are not checked.
 *
 * @param image - URI of the artifact's image; without one it is a zip
 * @returns every mismatch, an empty list when it fits
 */
export function fits(
  target: Target,
  actual: FunctionState,
  manifest: Manifest,
  image?: string,
): readonly SluiceError[] {
  const own = image === undefined ? "Zip" : "Image";
  // An image has neither handler nor runtime: the rest would only be noise.
  if (actual.packageType !== own) return [packageTypeMismatch(target, actual.packageType, manifest, own)];
  if (image !== undefined)
    return [...elsewhere(target, image, manifest), ...architecture(target, actual, manifest)];
  // Handlers of another language would only be noise, too.
  if (isOfAnotherLanguage(actual.runtime, manifest))
    return [languageMismatch(target, actual.runtime ?? "", manifest)];
  const found: SluiceError[] = [];
  if (actual.handler !== manifest.handler)
    found.push(handlerMismatch(target, actual.handler ?? "", manifest));
  const { compatibleRuntimes } = manifest;
  if (compatibleRuntimes.length > 0 && !compatibleRuntimes.includes(actual.runtime ?? "")) {
    found.push(runtimeMismatch(target, actual.runtime ?? "no runtime", manifest));
  }
  return [...found, ...architecture(target, actual, manifest)];
}

/** `nodejs22.x` → `nodejs`; of a `provided.al2023` nobody knows what runs on it. */
const languageOf = (runtime: string): string | null => /^(?:nodejs|python)/.exec(runtime)?.[0] ?? null;

function isOfAnotherLanguage(runtime: string | null, { compatibleRuntimes }: Manifest): boolean {
  const language = languageOf(runtime ?? "");
  const own = compatibleRuntimes.map(languageOf);
  return language !== null && own.length > 0 && own.every((each) => each !== null && each !== language);
}

function elsewhere(target: Target, image: string, manifest: Manifest): readonly SluiceError[] {
  const region = imageRegion(imageUri(image, target.region));
  return region === null || region === target.region ? [] : [imageElsewhere(target, region, manifest)];
}

function architecture(target: Target, actual: FunctionState, manifest: Manifest): readonly SluiceError[] {
  const { compatibleArchitectures: known } = manifest;
  const runs = known.length === 0 || known.includes(actual.architecture);
  return runs ? [] : [architectureMismatch(target, actual.architecture, manifest)];
}
