import type { Plugin } from "@sluice/core";
import { gate } from "./gate.ts";
import { mapRef } from "./map-branch.ts";

/** The plugin that maps a git ref to an environment and guards it. */
export function gitflow(): Plugin {
  return {
    name: "gitflow",
    environment: ({ ref, config, packageVersion }) =>
      mapRef(ref, config.branches, {
        packageVersion,
        environments: config.environments.map(({ name }) => name),
      }),
    gate,
  };
}
