import { type LayerArtifact, type SluiceError, sluiceError, type Target } from "@sluice/core";

/** A layer's name that Lambda would not take. */
export function layerNameInvalid(name: string, where: string): SluiceError {
  return sluiceError({
    code: "SLUICE_LAYER_NAME_INVALID",
    kind: "usage",
    message: `"${name}" is not the name of a layer.`,
    where,
    hint: "Change the name template so that it gives 1 to 140 letters, digits, hyphens and underscores.",
  });
}

/** A layer that a function's new code counts on, and that the function does not have. */
export interface MissingLayer {
  /** Name in the configuration. */
  readonly layer: string;
  /** Name in AWS. */
  readonly name: string;
  /** Of the layer version that has the digest; `null` while there is none. */
  readonly arn: string | null;
  /** Of the version of this layer that the function has; `null` when it has none. */
  readonly attached: string | null;
}

/** A layer holds machine code that the function cannot run. */
export function layerArchitecture(
  target: Target,
  actual: string,
  { layer, manifest }: LayerArtifact,
): SluiceError {
  return sluiceError({
    code: "SLUICE_ARCHITECTURE_MISMATCH",
    kind: "refusal",
    message: `${target.target} in ${target.region} runs on ${actual}, and its layer ${layer} was built for ${manifest.compatibleArchitectures.join(", ")}.`,
    where: `layers.${layer}.architecture`,
    hint: `Set architecture: "${actual}" for the function and the layer in the configuration, or change Architectures where the function is provisioned.`,
  });
}

/** Whoever provisioned the function has to attach the layer: a deployment never changes a configuration. */
export function layerNotAttached(target: Target, missing: readonly MissingLayer[]): SluiceError {
  const wanted = missing.map(({ name, arn }) => arn ?? `a version of ${name} that is not published yet`);
  const instead = missing.flatMap(({ attached }) => (attached === null ? [] : [attached]));
  const has = instead.length > 0 ? `, and has ${instead.join(", ")}` : "";
  const published = missing.every(({ arn }) => arn !== null);
  const attach = published
    ? `Put ${missing.map(({ arn }) => arn).join(", ")} among its Layers where it is provisioned${instead.length > 0 ? ", in place of what it has" : ""}, then deploy again.`
    : `Deploy: that publishes ${missing.map(({ name }) => name).join(", ")} and names its ARN. Put it among the function's Layers where it is provisioned, and deploy again.`;
  return sluiceError({
    code: "SLUICE_LAYER_NOT_ATTACHED",
    kind: "target",
    message: `${target.target} in ${target.region} needs ${wanted.join(", ")} for the code that was built${has}. Nothing was written to the function.`,
    where: target.target,
    hint: attach,
  });
}
