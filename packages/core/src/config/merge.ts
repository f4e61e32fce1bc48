import type { Config } from "./types.ts";

type Named = Readonly<Record<string, unknown>>;

function mergeNamed<T extends Named>(base: T | undefined, own: T | undefined): T | undefined {
  if (base === undefined || own === undefined) return own ?? base;
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(own)) {
    const below = merged[name];
    const both = [below, value].every(
      (each) => typeof each === "object" && each !== null && !Array.isArray(each),
    );
    merged[name] = both ? { ...(below as object), ...(value as object) } : value;
  }
  return merged as T;
}

/**
 * Lays a configuration over the one it extends. Functions, layers, environments and `bundle` are merged key by key, an
 * environment's own keys over the base's; lists and everything else are replaced; plugins follow the base's. Own
 * branch rules come first, since the first match wins.
 */
export function mergeConfig(base: Config, own: Config): Config {
  const merged: Record<string, unknown> = { ...base, ...own };
  delete merged.extends;
  const parts = {
    functions: mergeNamed(base.functions, own.functions),
    layers: mergeNamed(base.layers, own.layers),
    environments: mergeNamed(base.environments, own.environments),
    bundle: mergeNamed(base.bundle as Named | undefined, own.bundle as Named | undefined),
    branches:
      own.branches === undefined ? base.branches : { ...own.branches, ...base.branches, ...own.branches },
    plugins: base.plugins === undefined ? own.plugins : [...base.plugins, ...(own.plugins ?? [])],
  };
  for (const [key, value] of Object.entries(parts)) {
    if (value !== undefined) merged[key] = value;
  }
  return merged as Config;
}
