import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { renderArchitecture } from "../../scripts/architecture-docs.mjs";
import { orderOfChecks } from "../../src/server/index.js";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

it("docs/architecture.md has the rooms and the order of checks as they are (`npm run docs` updates it)", () => {
  const page = read("docs/architecture.md");
  expect(page).toBe(renderArchitecture(page, orderOfChecks));
});

describe("the order of checks", () => {
  const files = readdirSync(new URL("src/server/", root), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && file !== "order-of-checks.ts");
  /** The checks that comments name, by file. */
  const named = new Map(
    files.map((file) => {
      const comments = read(`src/server/${file}`).matchAll(/(?:\/\/ |, )check: (\w+)/gu);
      return [file, [...comments].map(([, name]) => name)] as const;
    }),
  );

  it.each(orderOfChecks)("$name is made where the table says", ({ name, file }) => {
    expect(named.get(file)).toContain(name);
  });

  it("has every check that a comment names", () => {
    const names = orderOfChecks.map(({ name }) => name);
    for (const [file, found] of named) for (const name of found) expect(names, file).toContain(name);
  });

  it("is the order in which a file makes its checks", () => {
    const names: readonly (string | undefined)[] = orderOfChecks.map(({ name }) => name);
    for (const [file, found] of named) {
      const places = found.map((name) => names.indexOf(name));
      expect(places, file).toEqual([...places].sort((a, b) => a - b));
    }
  });
});
