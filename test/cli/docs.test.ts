import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { renderCliDocs } from "../../scripts/cli-docs.mjs";
import { createProgram } from "../../src/cli/program.js";

it("docs/cli.md has the help of every command (`npm run docs` updates it)", () => {
  const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
  expect(page).toBe(renderCliDocs(createProgram(() => undefined)));
});
