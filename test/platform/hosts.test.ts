import { describe, expect, it } from "vitest";

import { isLoopback, urlOf } from "../../src/platform/index.js";

describe("a host", () => {
  it.each(["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"])("%s is loopback", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    ["127.0.0.1", "http://127.0.0.1:80"],
    ["::1", "http://[::1]:80"],
    ["::", "http://[::1]:80"],
    ["0.0.0.0", "http://127.0.0.1:80"],
    ["localhost", "http://localhost:80"],
  ])("%s is reached at %s", (host, url) => {
    expect(urlOf(host, 80)).toBe(url);
  });
});
