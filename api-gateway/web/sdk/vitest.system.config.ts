import { defineConfig } from "vitest/config";

// The tests against the running system. They share it, and the machine: one file runs at a time.
export default defineConfig({
  test: {
    include: ["test/system/**/*.test.ts"],
    globalSetup: "test/system/setup.ts",
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
});
