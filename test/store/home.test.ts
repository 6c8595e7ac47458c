import { isAbsolute, join } from "node:path";
import { expect, test } from "vitest";
import { criaHome } from "../../src/store/index.js";

test("CRIA_HOME names the folder, from where it's run", () => {
  expect(criaHome({ CRIA_HOME: "some/where" })).toBe(join(process.cwd(), "some/where"));
});

test.for([{}, { CRIA_HOME: "" }])("without it the platform's cache folder is used: %o", (env) => {
  expect(criaHome(env)).toMatch(/cria/);
  expect(isAbsolute(criaHome(env))).toBe(true);
});
