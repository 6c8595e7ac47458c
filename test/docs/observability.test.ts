import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { renderObservability } from "../../scripts/observability-docs.mjs";
import { definitions } from "../../src/server/metrics/index.js";

/** Prettier pads the cells of tables. */
const plain = (text: string) => text.replaceAll(/ +\|/gu, " |").replaceAll(/-{3,}/gu, "---");
const page = readFileSync(new URL("../../docs/observability.md", import.meta.url), "utf8");

it("docs/observability.md has every metric (`npm run docs` updates it)", () => {
  expect(plain(page)).toBe(plain(renderObservability(page, definitions)));
});

it("has every attribute of a span and every field of the log", () => {
  const source = (path: string) => readFileSync(new URL(`../../src/server/${path}`, import.meta.url), "utf8");
  const spans = `${source("traces/request-span.ts")}${source("traces/send-traces.ts")}`;
  // one name may stand for the end of another: `gen_ai.usage.input_tokens`, `…output_tokens`
  for (const [, name = ""] of spans.matchAll(/"([a-z_]+(?:\.[a-z_]+)+)":/gu)) {
    if (name.startsWith("service.")) continue;
    expect(page.includes(`\`${name}\``) || page.includes(`\`…${name.split(".").at(-1)}\``), name).toBe(true);
  }
  const line = /interface LogLine \{([\s\S]*?)\n\}/u.exec(source("observe/log-request.ts"))?.[1] ?? "";
  const fields = [...line.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gmu)].map(([, field]) => field);
  expect(fields.length).toBeGreaterThan(15);
  for (const field of fields) expect(page, field).toContain(`\`${field}\``);
});
