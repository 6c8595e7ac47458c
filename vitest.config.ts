import { defineConfig } from "vitest/config";

/** Tests that run the real model, real processes or heavy load: one file at a time, since each needs the whole machine. */
const alone = ["test/e2e/**/*.test.ts", "test/**/*.real.test.ts", "test/fuzz/*.test.ts"];

/** Tests that run one client for each column of the matrix; the files of a run share these processes. */
const conformance = ["test/conformance/*.test.ts"];

/** The test that compares their results with the table in docs/. */
const protocolTable = ["test/conformance/protocol-table.test.ts"];

/** A machine that does something else, too, may take seconds for what takes milliseconds else. */
const TEST_MS = 30_000;

/** Less than {@link TEST_MS}, so that the message tells what was waited for. */
const expectation = { poll: { timeout: 20_000 } };

/** All columns run in parallel: each waits most of the time. */
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
          testTimeout: TEST_MS,
          hookTimeout: TEST_MS,
          expect: expectation,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "alone",
          include: alone,
          fileParallelism: false,
          // on a busy machine, a model and what is computed with it take many times as long as else
          testTimeout: 180_000,
          hookTimeout: 120_000,
          expect: expectation,
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
          // the folder of the certificate
          env: { CRIA_HOME: process.env["CRIA_HOME"] ?? ".cache/cria" },
          // SDKs wait seconds before a retry
          testTimeout: 60_000,
          expect: expectation,
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
