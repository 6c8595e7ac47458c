import { expect, it } from "vitest";

import { authModeFor } from "../../../src/server/access/authenticator.js";

it.each([
  ["127.0.0.1", undefined, "none"],
  ["::1", undefined, "none"],
  ["localhost", undefined, "none"],
  ["0.0.0.0", undefined, "keys"],
  ["192.168.1.7", undefined, "keys"],
  ["cria.example", undefined, "keys"],
  ["127.0.0.1", "keys", "keys"],
  ["0.0.0.0", "none", "none"],
] as const)("on %s, asked for %s: %s", (host, asked, mode) => {
  expect(authModeFor(host, asked)).toBe(mode);
});
