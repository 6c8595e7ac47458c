import { defineConfig } from "vitest/config";

/** Tests that run the real model, real processes, or all they can at once: one file at a time, for they want the machine for themselves. */
const alone = ["test/e2e/**/*.test.ts", "test/**/*.real.test.ts", "test/fuzz/*.test.ts"];

/** Tests that run a client a column of the matrix: the files of one run share these processes. */
const conformance = ["test/conformance/*.test.ts"];

/** The test that compares what all of them found with the table in docs/. */
const protocolTable = ["test/conformance/protocol-table.test.ts"];

/** As many columns side by side as there are: each waits most of its time. */
const MAX_COLUMNS = 16;

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/count-reporter.ts"],
    projects: [
      {
        test: {
          name: "parallel",
          include: ["test/**/*.test.ts"],
          exclude: [...alone, ...conformance],
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
      {
        test: {
          name: "conformance",
          include: conformance,
          exclude: protocolTable,
          globalSetup: "./test/conformance/support/forget-results.ts",
          isolate: false,
          fileParallelism: false,
          maxConcurrency: MAX_COLUMNS,
          // where the certificate is kept
          env: { CRIA_HOME: process.env["CRIA_HOME"] ?? ".cache/cria" },
          // SDKs wait seconds before they ask again
          testTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "protocol-table",
          include: protocolTable,
          globalSetup: "./test/conformance/support/forget-results.ts",
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
