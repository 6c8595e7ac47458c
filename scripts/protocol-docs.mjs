// Writes the tables of docs/protocol.md: those of request members from the rows in test/server/api-members, those of bounds from src/. A test
// fails when the page is out of date: `npm run docs` renews it.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { format, resolveConfig } from "prettier";

import { CONSTRAINT } from "../test/server/api-members/rows/known.mjs";
import { sections } from "../test/server/api-members/rows.mjs";
import { replaceBlock } from "./generated-block.mjs";
import { renderLimits } from "./limits-docs.mjs";

const page = fileURLToPath(new URL("../docs/protocol.md", import.meta.url));

const DOES = {
  used: "read and used",
  checked: "checked, no effect",
  echoed: "checked and echoed",
  refused: "refused",
};

/** The page with its tables made anew. */
export async function renderProtocol(text) {
  const words = new Words();
  const tables = sections.map(({ title, rows }) => `### ${title}\n\n${renderTable(rows, words)}`);
  const block = [...tables, `### The words\n\n${words.render()}`].join("\n\n");
  const options = { ...(await resolveConfig(page)), filepath: page };
  return format(
    replaceBlock(replaceBlock(text, "request members", block), "bounds", renderLimits()),
    options,
  );
}

function renderTable(rows, words) {
  const lines = rows.map(({ member, below = false, does, note, cases }) => [
    `\`${member}\`${below ? " and all in it" : ""}`,
    DOES[does],
    note ?? "",
    cases
      .filter(({ refusal }) => refusal)
      .map(({ when, refusal }) => [...(when === undefined ? [] : [when]), words.numberOf(refusal)].join(": "))
      .join("; "),
  ]);
  const table = [["member", "Cria", "", "refused"], ["-", "-", "-", "-"], ...lines];
  return table.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The messages of refusals, each once, with a number. */
class Words {
  #lines = [];

  /** "violation" for the violation of a constraint, which reads alike for every member. */
  numberOf({ status = 400, type = "ValidationException", message, known }) {
    if (known === CONSTRAINT) return "violation";
    const line = `${status} ${type}: \`${message}\` – ${known}`;
    if (!this.#lines.includes(line)) this.#lines.push(line);
    return `(${this.#lines.indexOf(line) + 1})`;
  }

  render() {
    return this.#lines.map((line, i) => `${i + 1}. ${line}`).join("\n");
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(page, await renderProtocol(readFileSync(page, "utf8")));
}
