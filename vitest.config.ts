import { defineConfig } from "vitest/config";

/** Shared by every package, each of which runs it from its own folder. */
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: a worker more would only take time from the others.
    maxWorkers: 2,
    env: {
      NO_COLOR: "1",
      AWS_EC2_METADATA_DISABLED: "true",
      // The SDK wants Node.js 22 from 2027 on; it is pinned until then.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
  },
});
