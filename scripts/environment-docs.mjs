// Writes the two tables of docs/environment.md from src/server/reach/surroundings.ts. A test fails when the page is out of date:
// `npm run docs` renews it.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { replaceBlock } from "./generated-block.mjs";

const page = new URL("../docs/environment.md", import.meta.url);

/** What the page calls each treatment. */
const WORDS = {
  endpoint: "set to the server's URL",
  set: "set",
  cleared: "removed",
  source: "removed [1]",
  credential: "removed [1] [2]",
  left: "left",
};

function table(rows) {
  const lines = rows.map(({ name, readBy, does, kept, why }) => {
    const word = kept === undefined ? WORDS[does] : `${WORDS[does]}; \`${kept}\` with credentials kept`;
    return `| \`${name}\` | ${readBy} | ${word} | ${why} |`;
  });
  return ["| name | read by | Cria | why |", "| --- | --- | --- | --- |", ...lines].join("\n");
}

/** @param {string} text the page as it is */
export function renderEnvironment(text, { variables, fileKeys }) {
  return replaceBlock(replaceBlock(text, "variables", table(variables)), "file keys", table(fileKeys));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = await import("../build/server/reach/surroundings.js");
  writeFileSync(page, renderEnvironment(readFileSync(page, "utf8"), rows));
}
