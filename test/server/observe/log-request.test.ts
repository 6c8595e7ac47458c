import { once } from "node:events";
import { PassThrough } from "node:stream";

import { describe, expect, it } from "vitest";

import { createLogger } from "../../../src/server/index.js";
import { sendHttp1 } from "../support/http.js";
import { INVOKE, MODEL, startServer } from "../support/start.js";

describe("the log", () => {
  it("has one line for each request, without prompt or generation", async () => {
    const { server, lines } = await startServer({ tokens: ["generated-text"], promptTokens: 5 });
    const response = await sendHttp1(server.url, INVOKE, { body: '{"prompt":"prompted-text"}' });
    expect(lines).toMatchObject([
      {
        level: 30,
        requestId: response.header("x-amzn-requestid"),
        protocol: "HTTP/1.1",
        operation: "InvokeModel",
        modelId: MODEL,
        answeredBy: MODEL,
        standIn: false,
        status: 200,
        promptTokens: 5,
        generatedTokens: 2,
        stopReason: "stop",
        timeToFirstTokenMs: expect.any(Number) as number,
        durationMs: expect.any(Number) as number,
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/prompted-text|generated-text/u);
  });

  it("has the cause of a failure of the server", async () => {
    const { server, engine: broken, lines } = await startServer({ tokens: [] });
    broken.generate = () => Promise.reject(new TypeError("a mistake in the house"));
    const response = await sendHttp1(server.url, INVOKE, { body: '{"prompt":"prompted-text"}' });
    expect(response.status).toBe(500);
    expect(response.body.toString()).not.toContain("a mistake in the house");
    expect(lines).toMatchObject([
      { level: 50, exception: "InternalServerException", err: { message: "a mistake in the house" } },
    ]);
    expect(JSON.stringify(lines)).not.toContain("prompted-text");
  });
});

describe("createLogger", () => {
  async function linesOf(pretty: boolean): Promise<string> {
    const destination = new PassThrough();
    const logger = await createLogger({ destination, pretty });
    logger.info({ operation: "InvokeModel", generatedTokens: 2 }, "InvokeModel");
    const [bytes] = (await once(destination, "data")) as [Buffer];
    return bytes.toString();
  }

  it("writes JSON", async () => {
    expect(JSON.parse(await linesOf(false))).toMatchObject({
      level: 30,
      msg: "InvokeModel",
      generatedTokens: 2,
    });
  });

  it("writes readable lines with `pretty`", async () => {
    expect(await linesOf(true)).toMatch(/^\[\d\d:\d\d:\d\d\].*INFO.*InvokeModel.*"generatedTokens":2/u);
  });
});
