import type { ArtifactDraft } from "../manifest.ts";

/** What a bundler would say of a function `orders`; whatever `overrides` gives stands in its place. */
export function draft(overrides: Partial<ArtifactDraft> = {}): ArtifactDraft {
  return {
    function: "orders",
    runtime: "nodejs22.x",
    architecture: "x86_64",
    handler: "index.handler",
    compatibleRuntimes: ["nodejs22.x"],
    compatibleArchitectures: ["x86_64", "arm64"],
    sources: `sha256:${"5".repeat(64)}`,
    tools: { esbuild: "0.28.2", sluice: "0.1.0" },
    packageVersion: "1.4.0",
    commit: "c".repeat(40),
    dirty: false,
    ...overrides,
  };
}
