import { Command } from "commander";
import { expect, it } from "vitest";

import {
  addLimitOptions,
  type LimitOptions,
  limitSettings,
} from "../../../src/cli/commands/limit-options.js";
import { defaultLimits } from "../../../src/server/index.js";

const parse = (...args: string[]) =>
  limitSettings(addLimitOptions(new Command()).parse(args, { from: "user" }).opts<LimitOptions>()).limits;

it("shows the server's own limits as defaults", () => {
  expect(defaultLimits).toMatchObject(parse());
});

it("converts seconds to milliseconds", () => {
  const limits = parse(
    ...["--max-connections", "1", "--max-requests", "2", "--max-header-bytes", "4096"],
    ...["--idle-timeout", "3", "--header-timeout", "4", "--request-timeout", "5"],
  );
  expect(limits).toEqual({
    connections: 1,
    requests: 2,
    headerBytes: 4096,
    idleMs: 3000,
    headersMs: 4000,
    requestMs: 5000,
  });
});
