import type { Aws } from "@sluice/aws";
import type { LayerArtifact, PlanInput, Target } from "@sluice/core";
import type { Caller } from "../call.ts";
import type { MissingLayer } from "./errors.ts";
import { layerName, rowName } from "./layer-name.ts";
import { layerVersions, parseLayerArn } from "./layer-versions.ts";

/** Whether a function has the layers that its new code was built against. */
export type Attachment =
  | { readonly kind: "attached" }
  /** `$LATEST` has them, the alias's function version has not: it has the configuration of its time. */
  | { readonly kind: "behind" }
  | { readonly kind: "missing"; readonly layers: readonly MissingLayer[] };

export const ATTACHED: Attachment = { kind: "attached" };

/** A layer as a target: a name in AWS in one region. */
export function layerTarget(input: PlanInput, layer: LayerArtifact, region: string): Target {
  const resolved = input.config.layers.find(({ name }) => name === layer.layer);
  const template = resolved ?? { name: layer.layer, nameTemplate: "{layer}" };
  return {
    function: rowName(layer.layer),
    target: layerName(template, input),
    region,
    account: input.environment.account,
    alias: null,
  };
}

/**
 * The layers of an artifact of which a function has no version with the same digest. Costs no call of its own where the newest
 * versions are attached; an older one with the same digest will do, for one call.
 *
 * @param attached - ARNs of the layer versions that the function has
 */
export async function missingLayers(
  input: PlanInput,
  aws: Aws,
  caller: Caller,
  layers: readonly LayerArtifact[],
  attached: readonly string[],
): Promise<MissingLayer[]> {
  const missing = await Promise.all(
    layers.map(async (layer): Promise<MissingLayer | null> => {
      const target = layerTarget(input, layer, aws.scope.region);
      const name = target.target;
      const versions = layerVersions(aws);
      const newest = await versions.newest(target);
      const { codeSha256 } = layer.manifest;
      const own = attached.filter((arn) => parseLayerArn(arn)?.name === name);
      for (const arn of own) {
        const found =
          arn === newest?.arn ? newest.codeSha256 : await versions.codeSha256(arn, { ...caller, target });
        if (found === codeSha256) return null;
      }
      const arn = newest?.codeSha256 === codeSha256 ? newest.arn : null;
      return { layer: layer.layer, name, arn, attached: own[0] ?? null };
    }),
  );
  return missing.filter((one) => one !== null);
}
