import { describe, expect, it } from "vitest";

import { allowedHosts } from "../../../src/server/callers/allowed-hosts.js";
import { namedHost, splitAbsoluteTarget } from "../../../src/server/transport/named-host.js";

describe("the host that a request names", () => {
  it.each([
    [["localhost"], "localhost"],
    [["LocalHost:2742"], "localhost"],
    [["localhost."], "localhost"],
    [["127.0.0.1:80"], "127.0.0.1"],
    [["[::1]:80"], "::1"],
    [["[fe80::1%25eth0]"], "fe80::1%25eth0"],
    [["a_b.example.com"], "a_b.example.com"],
    [["same:1", "same:1"], "same"],
    [["same:1", "other:1"], undefined],
    [["same:1", "same:2"], undefined],
    [["user@localhost"], undefined],
    [["localhost/evil"], undefined],
    [["localhost evil"], undefined],
    [["localhost,evil"], undefined],
    [["localhost:80:80"], undefined],
    [["::1"], undefined],
    [[""], undefined],
    [[":80"], undefined],
    [["ünicode"], undefined],
    [[], undefined],
  ])("%j → %s", (given, host) => {
    expect(namedHost(given)).toBe(host);
  });

  it.each([
    ["/model/a?b=c", undefined, "/model/a?b=c"],
    ["http://host:1/model/a?b=c", "host:1", "/model/a?b=c"],
    ["HTTPS://host", "host", "/"],
    ["http://host?b=c", "host", "/?b=c"],
    ["*", undefined, "*"],
    ["//host/a", undefined, "//host/a"],
  ])("target %s", (target, authority, path) => {
    expect(splitAbsoluteTarget(target)).toEqual({ authority, path });
  });
});

describe("the hosts that may be named", () => {
  const options = {
    host: "127.0.0.1",
    isInCertificate: (name: string) => name === "certified",
    allowed: ["Cria.internal", "*.svc.cluster.local"],
    machine: "Laptop.home",
  };

  it.each([
    "127.0.0.1",
    "192.168.1.7",
    "::1",
    "fe80::1",
    "localhost",
    "cria.localhost",
    "host.docker.internal",
    "laptop",
    "laptop.home",
    "certified",
    "cria.internal",
    "a.b.svc.cluster.local",
  ])("%s", (name) => {
    expect(allowedHosts(options)(name)).toBe(true);
  });

  it.each([
    "evil.example",
    "localhost.evil.example",
    "evillocalhost",
    ".localhost",
    "127.0.0.1.evil.example",
    "127.1",
    "0x7f000001",
    "svc.cluster.local",
    "evil-svc.cluster.local",
    "sub.cria.internal",
    "laptop.evil.example",
    "home",
    "",
  ])("not %s", (name) => {
    expect(allowedHosts(options)(name)).toBe(false);
  });

  it("the name that the server listens on, and every address", () => {
    expect(allowedHosts({ ...options, host: "Cria.lan" })("cria.lan")).toBe(true);
  });

  it.each(["", "http://cria", "cria:80", "cria/x", "*", "a.*.b", "*cria", "cria..x", "a b"])(
    "%j isn't a name that can be allowed",
    (name) => {
      expect(() => allowedHosts({ ...options, allowed: [name] })).toThrow(
        expect.objectContaining({ name: "InvalidHostError", host: name }) as Error,
      );
    },
  );
});
