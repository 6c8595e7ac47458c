// Writes the table of metrics in docs/observability.md from src/server/metrics/definitions.ts. A test fails when the page is out of date:
// `npm run docs` renews it.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { replaceBlock } from "./generated-block.mjs";

const page = new URL("../docs/observability.md", import.meta.url);

/** @param {string} text the page as it is */
export function renderObservability(text, definitions) {
  const lines = Object.values(definitions).map(({ name, type, labels, help }) => {
    const names = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${names} | ${help} |`;
  });
  const table = ["| name | type | labels | what it is |", "| --- | --- | --- | --- |", ...lines].join("\n");
  return replaceBlock(text, "metrics", table);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { definitions } = await import("../build/server/metrics/index.js");
  writeFileSync(page, renderObservability(readFileSync(page, "utf8"), definitions));
}
