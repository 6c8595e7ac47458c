/** Node's report since 22.0 and 20.13; its types for Node 20 lack the member. */
type Report = typeof process.report & { excludeNetwork?: boolean };

let known: { readonly version: string | undefined } | undefined;

/**
 * The version of the GNU C library, such as `2.36`; undefined for another one, such as musl, and on other systems than Linux.
 *
 * Node tells it in its report, which takes some 30 ms, and would look up the name of the host behind each open connection. So it's
 * asked once, without those.
 */
export function glibcVersion(): string | undefined {
  if (process.platform !== "linux") return undefined;
  known ??= { version: fromReport(process.report) };
  return known.version;
}

function fromReport(report: Report): string | undefined {
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  try {
    const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
    return header?.glibcVersionRuntime;
  } finally {
    if (before !== undefined) report.excludeNetwork = before;
  }
}
