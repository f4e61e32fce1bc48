import type { ResolvedFunction } from "@sluice/core";
import { isRuntimeProvided } from "../node/provided.ts";
import { patternsFilter } from "./specifier.ts";

/** Who else has a package, so that it is neither bundled nor copied. */
export type Provider = "runtime" | "named" | "layer";

/** What a function finds beside its deployment package. */
export interface Provision {
  /**
   * @param name - of the package
   * @param version - the one that is installed, `null` when none is
   */
  of(name: string, version: string | null): Provider | null;
}

/** A package that a layer of the function holds. */
export interface LayerPackage {
  readonly name: string;
  readonly version: string | null;
}

/**
 * What is provided to a function: what its `provided` names; what its layers hold at the same version; the AWS SDK where
 * `external` names it, as is the custom for leaving it to the runtime.
 */
export function provisionOf(
  fn: Pick<ResolvedFunction, "external" | "provided" | "esbuild">,
  layers: readonly LayerPackage[] = [],
): Provision {
  const own = fn.esbuild.external;
  const external = patternsFilter([...fn.external, ...(Array.isArray(own) ? own.map(String) : [])]);
  const provided = patternsFilter(fn.provided);
  const held = new Set(layers.map(({ name, version }) => `${name}@${version ?? ""}`));
  return {
    of: (name, version) => {
      if (provided.test(name)) return "named";
      if (held.has(`${name}@${version ?? ""}`)) return "layer";
      return isRuntimeProvided(name) && external.test(name) ? "runtime" : null;
    },
  };
}
