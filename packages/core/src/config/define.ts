import type { Config } from "./types.ts";

/** A typed identity: gives completion and checking in `sluice.config.ts`, unknown keys too, and changes nothing. */
export function defineConfig(config: Config): Config {
  return config;
}
