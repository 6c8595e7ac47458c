/** What test/support/count-reporter.ts counts. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly passes: readonly string[];
  readonly failures: readonly string[];
  readonly failedFiles: readonly string[];
}

export function runFailuresAgain(
  report: Report,
  run: (file: string) => Promise<Report | undefined> | Report | undefined,
  isKnown?: (name: string) => boolean,
): Promise<Report & { readonly late: readonly string[] }>;
