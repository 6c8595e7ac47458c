import { format } from "prettier";

import { readRecording } from "../../server/support/recording.js";
import { answerOf } from "./recorded-answers.js";
import { differences, recordedExchanges, type RecordedExchange } from "./recorded-exchanges.js";

const BEGIN = "<!-- recordings:begin -->";
const END = "<!-- recordings:end -->";

const NONE = "–";

/** The generated part of the README. @throws {Error} it has none. */
export function sectionOf(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The page has no ${BEGIN} … ${END}.`);
  return page.slice(begin, end + END.length);
}

/** The table of the recordings: how near Cria comes to each, and what the recorder kept of it. */
export async function renderRecordings(): Promise<string> {
  const rows = [...recordedExchanges]
    .sort(({ name: one }, { name: other }) => (one < other ? -1 : 1))
    .map(
      (exchange) =>
        `| ${[`\`${exchange.name}\``, resultOf(exchange), inputTokensOf(exchange), exchange.recorder.kept, whyOf(exchange)].join(" | ")} |`,
    );
  const text = [
    BEGIN,
    "",
    "| recording | rebuilt | input tokens | kept by the recorder | why not exact |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    END,
  ].join("\n");
  return (await format(text, { parser: "markdown", printWidth: 160 })).trim();
}

function resultOf({ difference }: RecordedExchange): string {
  if (difference === undefined) return "exact";
  return difference === "guardrail" ? "impossible" : "near";
}

function inputTokensOf({ name, difference }: RecordedExchange): string {
  const tokens = answerOf(readRecording(name))?.inputTokens;
  if (tokens === undefined) return NONE;
  return `${tokens}, ${difference === "documentWords" ? "fitted" : "exact"}`;
}

function whyOf({ difference }: RecordedExchange): string {
  return difference === undefined ? "" : differences[difference];
}
