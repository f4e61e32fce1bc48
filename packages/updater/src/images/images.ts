import type { Artifact, BundleInput, Digest, Plugin } from "@sluice/core";
import { imageDigest } from "../plan/observed.ts";
import { imageInvalid } from "./errors.ts";

/**
 * Gives the artifacts of functions with an `image`. Nothing is built or fetched: the image is in its registry, and its digest is the
 * artifact's.
 */
export function images(): Plugin {
  return {
    name: "images",
    bundle: (input) => (input.function.source === "image" ? imageArtifact(input) : undefined),
  };
}

/**
 * What is not known of an image without fetching it (size, files, runtime, handler) is empty. Its architecture counts only where
 * the configuration names it.
 *
 * @throws SLUICE_IMAGE_INVALID
 */
export function imageArtifact({
  function: fn,
  ref,
  packageVersion,
}: Pick<BundleInput, "function" | "ref" | "packageVersion">): Artifact {
  const hex = imageDigest(fn.entry);
  if (hex === null) throw imageInvalid(fn.name, fn.entry);
  const digest: Digest = `sha256:${hex}`;
  return {
    function: fn.name,
    path: "",
    image: fn.entry,
    cached: true,
    manifest: {
      schema: 1,
      function: fn.name,
      digest,
      codeSha256: hex,
      sizeBytes: 0,
      unzippedBytes: 0,
      runtime: "",
      architecture: fn.architecture,
      handler: "",
      compatibleRuntimes: [],
      compatibleArchitectures: fn.architectureDeclared ? [fn.architecture] : [],
      files: [],
      sources: digest,
      tools: {},
      packageVersion,
      commit: ref?.commit ?? null,
      dirty: ref?.dirty ?? null,
    },
  };
}
