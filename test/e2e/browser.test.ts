import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { type Browser, chromium } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { findBrowser } from "../../scripts/conformance/browser.mjs";
import { INVOKE, MODEL, startServer } from "../server/support/start.js";
import { needsToolchain } from "../support/toolchain.js";

/** A page that loads the official SDK, and does nothing by itself. */
const PAGE = '<!doctype html><title>page</title><script type="module" src="/sdk.js"></script>';

const SDK = fileURLToPath(new URL("./browser-sdk.ts", import.meta.url));

/** Made for tests: nothing of this machine's network is asked, and the name of an attacker resolves to this machine. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP attacker.example 127.0.0.1",
];

const SCRIPT = { tokens: ["One", " two", " three"], delayMs: 20 };

describe("a web page in Chromium", () => {
  const executablePath = findBrowser();
  let browser: Browser | undefined;
  let pages: Server | undefined;
  let origin = "";

  beforeAll(async () => {
    if (executablePath === undefined) return;
    const bundle = await rolldown({ input: SDK, platform: "browser", logLevel: "silent" });
    const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
    const { code } = output[0];
    pages = createServer((request, response) => {
      const isScript = request.url === "/sdk.js";
      response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? code : PAGE);
    });
    await new Promise<void>((resolve) => pages?.listen(0, "127.0.0.1", resolve));
    origin = `http://localhost:${(pages.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  });

  afterAll(async () => {
    await browser?.close();
    pages?.close();
  });

  const openPage = async (url = origin) => {
    if (!browser) throw new Error("there is no browser");
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  };

  /** Streams with the SDK in the page. @returns the texts in the order of their arrival, or the error's name */
  const stream = async (endpoint: string, operation: "invoke" | "converse") => {
    const page = await openPage();
    await page.waitForFunction("globalThis.streamText !== undefined");
    const input = JSON.stringify({ endpoint, modelId: MODEL, operation });
    return page.evaluate<string[]>(
      `globalThis.streamText(${input}).catch((error) => ["failed", error.name])`,
    );
  };

  it.for(["invoke", "converse"] as const)(
    "streams with the official SDK from an allowed origin: %s",
    async (operation, context) => {
      needsToolchain(context, "browser");
      const { server, engine } = await startServer(SCRIPT, { allowOrigins: [origin] });
      expect((await stream(server.url, operation)).join("")).toBe("One two three");
      expect(engine.requests).toHaveLength(1);
    },
  );

  it("that isn't allowed reads nothing and costs no token, with the SDK", async (context) => {
    needsToolchain(context, "browser");
    const { server, engine } = await startServer(SCRIPT, { allowOrigins: ["https://other.example"] });
    expect((await stream(server.url, "invoke"))[0]).toBe("failed");
    expect((await stream(server.url, "converse"))[0]).toBe("failed");
    expect(engine.requests).toHaveLength(0);
  });

  it("that isn't allowed reads nothing and costs no token, with requests that need no preflight", async (context) => {
    needsToolchain(context, "browser");
    const { server, engine, lines } = await startServer(SCRIPT);
    const page = await openPage();
    const url = `${server.url}${INVOKE}`;
    const converse = `${server.url}/model/${MODEL}/converse`;
    const results = await page.evaluate<unknown[]>(`(async () => {
      const outcome = (promise) => promise.then((response) => [response.type, response.status], (error) => error.name);
      const form = document.createElement("form");
      form.method = "POST"; form.enctype = "text/plain"; form.action = ${JSON.stringify(converse)}; form.target = "frame";
      const field = document.createElement("input");
      field.name = '{"messages":[{"role":"user","content":[{"text":"Hi'; field.value = '"}]}]}';
      form.append(field);
      const frame = document.createElement("iframe"); frame.name = "frame";
      document.body.append(frame, form);
      const framed = new Promise((resolve) => (frame.onload = resolve));
      form.submit();
      await framed;
      const image = new Image();
      const loaded = new Promise((resolve) => { image.onload = () => resolve("loaded"); image.onerror = () => resolve("error"); });
      image.src = ${JSON.stringify(`${server.url}/health`)};
      return [
        await outcome(fetch(${JSON.stringify(url)}, { method: "POST", body: '{"prompt":"Hi"}' })),
        await outcome(fetch(${JSON.stringify(url)}, { method: "POST", body: new Blob(['{"prompt":"Hi"}']) })),
        await outcome(fetch(${JSON.stringify(url)}, { method: "POST", mode: "no-cors", body: '{"prompt":"Hi"}' })),
        await outcome(fetch(${JSON.stringify(`${server.url}/foundation-models`)})),
        await loaded,
      ];
    })()`);
    expect(results).toEqual(["TypeError", "TypeError", ["opaque", 0], "TypeError", "error"]);
    expect(engine.requests).toHaveLength(0);
    const refused = lines.filter(({ exception }) => exception === "AccessDeniedException");
    // the form and each of the other five came as far as the server
    expect(refused).toHaveLength(6);
  });

  it("reads nothing by a name of its own that resolves to this machine", async (context) => {
    needsToolchain(context, "browser");
    const { server, engine } = await startServer(SCRIPT);
    const page = await openPage(`http://attacker.example:${server.port}/health`);
    expect(await page.textContent("body")).toContain("--allow-host attacker.example");
    const status = await page.evaluate<number>(
      `fetch(${JSON.stringify(INVOKE)}, { method: "POST", body: '{"prompt":"Hi"}' }).then((response) => response.status)`,
    );
    expect(status).toBe(403);
    expect(engine.requests).toHaveLength(0);
  });
});
