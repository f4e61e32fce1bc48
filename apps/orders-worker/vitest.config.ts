import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
    // The AWS SDK must never look for credentials on a developer's machine.
    env: { AWS_EC2_METADATA_DISABLED: "true" },
  },
});
