import { defineConfig } from "vitest/config";

/** Tests that run the real model, or real processes: one file at a time, for they want the machine for themselves. */
const alone = ["test/e2e/**/*.test.ts", "test/**/*.real.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/count-reporter.ts"],
    projects: [
      {
        test: {
          name: "parallel",
          include: ["test/**/*.test.ts"],
          exclude: alone,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "alone",
          include: alone,
          fileParallelism: false,
          // a model may have to be loaded; on a busy machine that takes a while
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
