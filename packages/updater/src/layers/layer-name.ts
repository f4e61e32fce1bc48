import type { PlanInput, ResolvedLayer } from "@sluice/core";
import { branchMissing, placeholderUnknown } from "../errors.ts";
import { branchSlug } from "../plan/names.ts";
import { layerNameInvalid } from "./errors.ts";

/** PublishLayerVersion's rule for a layer's name. */
const NAME = /^[A-Za-z0-9_-]{1,140}$/;

/** The name of a row, and of a layer where functions have theirs. */
export function rowName(layer: string): string {
  return `layer:${layer}`;
}

/**
 * Fills a layer's name template: its name in AWS.
 *
 * @throws SLUICE_NAME_PLACEHOLDER_UNKNOWN, SLUICE_NAME_BRANCH_MISSING, SLUICE_LAYER_NAME_INVALID
 */
export function layerName(
  layer: Pick<ResolvedLayer, "name" | "nameTemplate">,
  { environment, ref }: Pick<PlanInput, "environment" | "ref">,
): string {
  const template = layer.nameTemplate;
  const where = `layers.${layer.name}.name`;
  const name = template.replace(/\{([^{}]*)\}/g, (_, placeholder: string) => {
    if (placeholder === "layer") return layer.name;
    if (placeholder === "environment") return environment.name;
    if (placeholder !== "branch") {
      throw placeholderUnknown(placeholder, template, where, ["layer", "environment", "branch"]);
    }
    const slug = ref.branch === null ? "" : branchSlug(ref.branch);
    if (slug === "") throw branchMissing(template, where);
    return slug;
  });
  if (!NAME.test(name)) throw layerNameInvalid(name, where);
  return name;
}
