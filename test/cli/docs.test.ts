import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { renderCliDocs } from "../../scripts/cli-docs.mjs";
import { createProgram } from "../../src/cli/program.js";

it("docs/cli.md is the commands' own help (`npm run docs` renews it)", () => {
  const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
  expect(page).toBe(renderCliDocs(createProgram(() => undefined)));
});
