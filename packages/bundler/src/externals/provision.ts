import type { NodeGroup } from "../node/options.ts";
import { isRuntimeProvided } from "../node/provided.ts";
import { outsidePatterns, patternsFilter } from "./specifier.ts";

/** Who else has a package, so that it is neither bundled nor copied. */
export type Provider = "runtime" | "named";

/** What a function finds beside its deployment package. */
export interface Provision {
  /** Who has the package of this name; `null`: nobody. */
  of(name: string): Provider | null;
}

/**
 * What is provided to a function: what its `provided` names, and the AWS SDK where `external` names it, as is the custom for
 * leaving it to the runtime. What layers hold is decided by version when it is imported, and no bare import any more by then.
 */
export function provisionOf(
  options: Pick<NodeGroup, "external" | "provided"> & {
    readonly esbuild: { readonly external?: readonly string[] };
  },
): Provision {
  const external = patternsFilter([
    ...outsidePatterns(options.external),
    ...(options.esbuild.external ?? []),
  ]);
  const provided = patternsFilter(options.provided);
  return {
    of: (name) => {
      if (provided.test(name)) return "named";
      return isRuntimeProvided(name) && external.test(name) ? "runtime" : null;
    },
  };
}
