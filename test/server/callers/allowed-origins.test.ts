import { describe, expect, it } from "vitest";

import { allowedOrigins } from "../../../src/server/callers/allowed-origins.js";

describe("the origins whose pages may call", () => {
  it.each([
    ["https://app.example.com", "https://app.example.com"],
    ["https://App.Example.com/", "https://app.example.com"],
    ["https://app.example.com:443", "https://app.example.com"],
    ["http://localhost:5173", "http://localhost:5173"],
    ["http://[::1]:5173", "http://[::1]:5173"],
    ["chrome-extension://abcdef", "chrome-extension://abcdef"],
    ["app://obsidian.md", "app://obsidian.md"],
  ])("%s allows %s", (allowed, origin) => {
    expect(allowedOrigins([allowed], true)(origin)).toBe(true);
  });

  it.each([
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com.evil.example",
    "https://evil.example",
    "null",
    "",
    "https://app.example.com, https://evil.example",
    "*",
  ])("https://app.example.com doesn't allow %j", (origin) => {
    expect(allowedOrigins(["https://app.example.com"], true)(origin)).toBe(false);
  });

  it.each([
    "",
    "null",
    "app.example.com",
    "localhost:5173",
    "https://a/b",
    "https://a?b",
    "https://u@a",
    "https://*.a/",
    "https://",
  ])("%j isn't an origin", (text) => {
    expect(() => allowedOrigins([text], false)).toThrow(/can't be allowed: write a scheme, a host/u);
  });

  it("* is for servers that ask for keys", () => {
    expect(allowedOrigins(["*"], false)("https://any.example")).toBe(true);
    expect(() => allowedOrigins(["*"], true)).toThrow(/without keys, every page that you visit could call/u);
  });
});
