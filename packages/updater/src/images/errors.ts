import { type Manifest, type SluiceError, sluiceError, type Target } from "@sluice/core";

/** An image without a digest. */
export function imageInvalid(name: string, image: string): SluiceError {
  return sluiceError({
    code: "SLUICE_IMAGE_INVALID",
    kind: "usage",
    message: `The image of "${name}" is not named by its digest: ${image}.`,
    where: `functions.${name}.image`,
    hint: "Write REPOSITORY@sha256:<64 hex digits>. A tag may stand for another image tomorrow.",
  });
}

/** An image in another region than the function. https://docs.aws.amazon.com/lambda/latest/dg/images-create.html */
export function imageElsewhere(target: Target, region: string, manifest: Manifest): SluiceError {
  return sluiceError({
    code: "SLUICE_IMAGE_ELSEWHERE",
    kind: "refusal",
    message: `The image of "${manifest.function}" is in ${region}, and ${target.target} in ${target.region}: Lambda takes images from a registry of the function's own region alone.`,
    where: `functions.${manifest.function}.image`,
    hint: "Write {region} in place of the region, and have the registry replicated to it.",
  });
}
