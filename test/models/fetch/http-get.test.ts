import { once } from "node:events";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";

import { generate } from "selfsigned";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { httpGet, type HttpGet } from "../../../src/models/fetch/http-get.js";
import { start } from "../../support/run-cli.js";
import { temporaryFile } from "../../support/temporary-file.js";
import { ignoreProxies, impatient, listen, quick, startProxy } from "../support/hub-server.js";

const get = (url: string, more: Partial<HttpGet> = {}) =>
  httpGet({ url, headers: {}, limits: quick, signal: new AbortController().signal, ...more });

ignoreProxies();

/** Starts a proxy whose tunnels all lead to this port, and records their `Proxy-Authorization`. */
async function proxyTo(port: string) {
  const credentials: (string | undefined)[] = [];
  const { proxy, asked } = await startProxy((client, _, headers) => {
    credentials.push(headers["proxy-authorization"]);
    const onward = connect(Number(port), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      client.pipe(onward).pipe(client);
    });
    onward.on("error", () => client.destroy());
  });
  return { address: new URL(proxy).host, asked, credentials };
}

/** Starts a server that says hello, at a host name that only the proxy can resolve. */
async function farAway() {
  const { port } = new URL(await listen((_, response) => response.end("hello")));
  const proxy = await proxyTo(port);
  return { url: `http://far.invalid:${port}/`, host: `far.invalid:${port}`, ...proxy };
}

describe("the proxy in the environment", () => {
  it.each(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])("is read from %s", async (name) => {
    const { url, host, address, asked } = await farAway();
    vi.stubEnv(name, `http://${address}`);
    expect(await text(await get(url))).toBe("hello");
    expect(asked).toEqual([host]);
  });

  it("may lack its scheme, as for curl", async () => {
    const { url, address, asked } = await farAway();
    vi.stubEnv("HTTP_PROXY", address);
    expect(await text(await get(url))).toBe("hello");
    expect(asked).toHaveLength(1);
  });

  it("is read from HTTP_PROXY if http_proxy is empty", async () => {
    const { url, address, asked } = await farAway();
    vi.stubEnv("http_proxy", "");
    vi.stubEnv("HTTP_PROXY", `http://${address}`);
    expect(await text(await get(url))).toBe("hello");
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["llama:p%40ss", "llama:p@ss"],
    ["llama", "llama:"],
  ])("receives its credentials: %s", async (userinfo, credentials) => {
    const far = await farAway();
    vi.stubEnv("http_proxy", `http://${userinfo}@${far.address}`);
    expect(await text(await get(far.url))).toBe("hello");
    expect(far.credentials).toEqual([`Basic ${Buffer.from(credentials).toString("base64")}`]);
  });

  it.each(["no_proxy", "NO_PROXY"])("is not used for the hosts in %s", async (name) => {
    const url = await listen((_, response) => response.end("near"));
    const { address, asked } = await proxyTo("1");
    vi.stubEnv("HTTP_PROXY", `http://${address}`);
    for (const hosts of ["127.0.0.1", "example.org,127.0.0.1", "example.org 127.0.0.1", "*"]) {
      vi.stubEnv(name, hosts);
      expect(await text(await get(url))).toBe("near");
    }
    expect(asked).toEqual([]);
  });

  it("is not used for https if it is in HTTP_PROXY", async () => {
    const { address, asked } = await proxyTo("1");
    vi.stubEnv("HTTP_PROXY", `http://${address}`);
    await expect(get("https://127.0.0.1:1/")).rejects.toThrow(/ECONNREFUSED/u);
    expect(asked).toEqual([]);
  });

  it("must respond within the time limit for connections", async () => {
    const { proxy } = await startProxy(() => undefined);
    vi.stubEnv("HTTP_PROXY", proxy);
    const getting = get("http://far.invalid/", { limits: impatient });
    await expect(getting).rejects.toThrow("no connection within 500 ms");
  });

  it("is abandoned at an abort while it does not respond", async () => {
    const { proxy, asked } = await startProxy(() => undefined);
    vi.stubEnv("HTTP_PROXY", proxy);
    const stop = new AbortController();
    const getting = get("http://far.invalid/", {
      signal: stop.signal,
    });
    getting.catch(() => undefined);
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    const reason = new Error("Ctrl-C");
    stop.abort(reason);
    await expect(getting).rejects.toBe(reason);
  });
});

describe("a redirect", () => {
  /** Starts a server that redirects to another one, and records the `Authorization` of the requests to both. */
  async function hops() {
    const told: (string | undefined)[] = [];
    const there = await listen(({ headers }, response) => {
      told.push(headers.authorization);
      response.end("there");
    });
    const here = await listen(({ headers, url = "" }, response) => {
      told.push(headers.authorization);
      const location = { "/": "/again", "/again": `${there}/`, "/loop": "/loop" }[url];
      response.writeHead(307, { location, "x-fact": url }).end();
    });
    return { here, told };
  }

  it("is followed, and the token is sent to the first origin only", async () => {
    const { here, told } = await hops();
    expect(await text(await get(here, { token: "secret" }))).toBe("there");
    expect(told).toEqual(["Bearer secret", "Bearer secret", undefined]);
  });

  it("to another origin is returned if sameOrigin is set", async () => {
    const { here, told } = await hops();
    const response = await get(here, { sameOrigin: true, method: "HEAD" });
    response.destroy();
    expect(response).toMatchObject({ statusCode: 307, headers: { "x-fact": "/again" } });
    expect(told).toHaveLength(2);
  });

  it("is not followed for ever", async () => {
    const { here } = await hops();
    await expect(get(`${here}/loop`)).rejects.toThrow("redirected more than 5 times");
  });
});

describe("a server", () => {
  it("may be slow, if it never stalls for too long", async () => {
    const url = await listen((_, response) => {
      setTimeout(() => response.write("1"), 800);
      setTimeout(() => response.write("2"), 1_600);
      setTimeout(() => response.end("3"), 2_400);
    });
    expect(await text(await get(url, { limits: { ...quick, idleMs: 2_000 } }))).toBe("123");
  });

  it("must respond within the time limit", async () => {
    const url = await listen(() => undefined);
    await expect(get(url, { limits: impatient })).rejects.toThrow("no response within 300 ms");
  });

  it("is trusted by the certificates in NODE_EXTRA_CA_CERTS", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
      extensions: [
        { name: "basicConstraints", cA: true },
        { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
      ],
    });
    const server = createServer({ key, cert }, (_, response) => response.end("secure"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await expect(get(url)).rejects.toThrow(/self-signed/u);

    await using file = await temporaryFile("ca.pem", cert);
    // Node reads the variable when it starts
    const program = `
      import { text } from "node:stream/consumers";
      import { httpGet } from "./build/models/fetch/http-get.js";
      const limits = ${JSON.stringify(quick)};
      const signal = new AbortController().signal;
      console.log(await text(await httpGet({ url: "${url}", headers: {}, limits, signal })));`;
    const running = start(process.execPath, ["--input-type=module", "-e", program], {
      env: { PATH: process.env["PATH"], NODE_EXTRA_CA_CERTS: file.path },
    });
    running.child.stdin?.end();
    expect([await running.ended, running.stdout, running.stderr]).toEqual([0, "secure\n", ""]);
  });
});
