import type { Config } from "./types.ts";

/** A typed identity: gives completion and checking in `sluice.config.ts`, and changes nothing. */
export function defineConfig<const C extends Config>(config: C): C {
  return config;
}
