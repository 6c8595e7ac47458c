import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { configSchema, readConfig } from "../../src/config/index.js";
import { FIXED_LIMITS } from "../../src/server/index.js";

const page = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");

it("docs/configuration.md has an example that can be used", () => {
  const [, example = ""] = /```yaml\n(.*?)```/su.exec(page) ?? [];
  const { settings, problems } = readConfig(Buffer.from(example));
  expect(problems).toEqual([]);
  expect(Object.keys(settings?.models ?? {})).toHaveLength(2);
});

it("docs/configuration.md names every setting", () => {
  const [, table = ""] = /## Settings\n(.*?)\n## /su.exec(page) ?? [];
  for (const name of [...Object.keys(configSchema.properties ?? {}), ...FIXED_LIMITS])
    expect(table, name).toContain(`\`${name}\``);
});
