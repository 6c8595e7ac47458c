import { format } from "prettier";

import { columns, titleOf, type Column } from "./columns.js";
import { facts, type Fact } from "./facts.js";
import { fallsBack, has, operations } from "./operations.js";
import type { Results } from "./results.js";
import { sdkVersions } from "./sdk-versions.js";

const BEGIN = "<!-- conformance:begin -->";
const END = "<!-- conformance:end -->";

/** The content of a cell without a result. */
const NOT_RUN = "not run";
/** The content of a cell for an operation that the SDK doesn't have. */
const NONE = "–";
const FOOTNOTE = "¹";

/** The contents of the known cells, by `cell`'s key. */
export type Cells = ReadonlyMap<string, string>;

const factNames = Object.keys(facts) as Fact[];

/** @param heading - an operation, or a fact */
function key(column: Column, heading: string): string {
  return `${titleOf(column)} | ${heading}`;
}

/** The results of a run as the tables' cells. @param results - by operation, or by the name of another file */
export function cellsOf(results: ReadonlyMap<string, Results>): Cells {
  const cells = new Map<string, string>();
  for (const column of columns) {
    for (const [name, byTitle] of results) {
      const result = byTitle[titleOf(column)];
      if (!result) continue;
      const operation = operations.find((each) => each === name);
      if (operation !== undefined && result.outcome !== undefined) {
        cells.set(
          key(column, operation),
          `${result.outcome}${fallsBack(column, operation) ? ` ${FOOTNOTE}` : ""}`,
        );
      }
      for (const [fact, what] of Object.entries(result.observed)) {
        cells.set(key(column, facts[fact as Fact]), what);
      }
    }
  }
  return cells;
}

/** The generated part of a page. @throws {Error} it has none. */
export function sectionOf(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The page has no ${BEGIN} … ${END}.`);
  return page.slice(begin, end + END.length);
}

/** Reads the cells back out of a section. */
export function parseSection(section: string): Cells {
  const cells = new Map<string, string>();
  let headings: readonly string[] = [];
  for (const line of section.split("\n").filter((each) => each.startsWith("|"))) {
    const [title = "", ...values] = line
      .split("|")
      .slice(1, -1)
      .map((value) => value.trim());
    const column = columns.find((each) => titleOf(each) === title);
    if (!column) {
      // the line below the headings is dashes
      if (!/^-+$/u.test(title)) headings = values;
      continue;
    }
    for (const [i, value] of values.entries()) cells.set(key(column, headings[i] ?? ""), value);
  }
  return cells;
}

/** Writes a section. Unknown cells say that they weren't run. */
export function renderSection(cells: Cells): Promise<string> {
  const caption = `SDKs as they come: ${sdkVersions().join(", ")}.`;
  const text = [
    BEGIN,
    "",
    caption,
    "",
    ...table(cells, operations, (column, operation) => has(column.sdk, operation)),
    "",
    `${FOOTNOTE} Over HTTP/1.1: this SDK's client of the control plane speaks nothing else, as it comes.`,
    "",
    "What its user sees:",
    "",
    ...table(
      cells,
      factNames.map((fact) => facts[fact]),
      (column, heading) => !STREAM_FACTS.has(heading) || has(column.sdk, "InvokeModelWithResponseStream"),
    ),
    "",
    END,
  ].join("\n");
  // formatted, since the formatter checks this page too
  return format(text, { parser: "markdown" }).then((formatted) => formatted.trim());
}

const STREAM_FACTS: ReadonlySet<string> = new Set([facts.exception, facts.repeated, facts.break, facts.cut]);

function table<Heading extends string>(
  cells: Cells,
  headings: readonly Heading[],
  exists: (column: Column, heading: Heading) => boolean,
): string[] {
  const row = (values: readonly string[]) => `| ${values.join(" | ")} |`;
  return [
    row(["", ...headings]),
    row(["", ...headings].map(() => "---")),
    ...columns.map((column) =>
      row([
        titleOf(column),
        ...headings.map((heading) =>
          exists(column, heading) ? (cells.get(key(column, heading)) ?? NOT_RUN) : NONE,
        ),
      ]),
    ),
  ];
}
