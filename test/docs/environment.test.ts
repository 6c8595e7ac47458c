import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { renderEnvironment } from "../../scripts/environment-docs.mjs";
import * as rows from "../../src/server/reach/surroundings.js";

/** Prettier pads the cells of tables. */
const plain = (text: string) => text.replaceAll(/ +\|/gu, " |").replaceAll(/-{3,}/gu, "---");

it("docs/environment.md has every variable and key (`npm run docs` updates it)", () => {
  const page = readFileSync(new URL("../../docs/environment.md", import.meta.url), "utf8");
  expect(plain(page)).toBe(plain(renderEnvironment(page, rows)));
});

it.each(["cli/commands/run.ts", "server/running-server.ts"])("is the page that %s names for them", (path) => {
  const source = readFileSync(new URL(`../../src/${path}`, import.meta.url), "utf8");
  const named = [...source.matchAll(/(docs\/[\w-]+\.md) lists the variables/gu)].map(([, page]) => page);
  expect(named).toEqual(["docs/environment.md"]);
});
