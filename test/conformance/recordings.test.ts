import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import type { ServeOptions } from "../../src/server/index.js";
import { startGuardedServer } from "../server/access/guarded-server.js";
import { EXPIRED, keys } from "../server/access/refusal-cases.js";
import { protocols, type Send, type WholeResponse } from "../server/support/http.js";
import { readRecording, type Recording } from "../server/support/recording.js";
import { startServer } from "../server/support/start.js";
import { NOW, signedBySdk } from "../sigv4/support.js";
import { expectBody, expectHeaders, recordedPadding } from "./support/compare-recording.js";
import { answerOf, modelOf, scriptOf } from "./support/recorded-answers.js";
import { recordedExchanges, type RecordedExchange } from "./support/recorded-exchanges.js";
import { renderRecordings, sectionOf } from "./support/recordings-table.js";

const folder = fileURLToPath(new URL("../fixtures/recordings/", import.meta.url));

const rebuilt = recordedExchanges.filter(({ difference }) => difference !== "guardrail");

describe.each(rebuilt.map((exchange) => [exchange.name, exchange] as const))("%s", (_, exchange) => {
  it.each(protocols)("is rebuilt over %s", async (__, send) => {
    const recording = readRecording(exchange.name);
    const response =
      exchange.server === "expired-token"
        ? await sendExpired(recording, send)
        : await sendRecorded(recording, exchange, send);
    const { recorder, difference } = exchange;
    expect(response.status).toBe(recording.response.status);
    expectHeaders(response, recording, recorder, difference);
    expectBody(response, recording, difference);
  });
});

describe("llama3-3-70b.invoke.guardrail-blocked", () => {
  it.each(protocols)("is refused over %s: Cria has no guardrails", async (_, send) => {
    const exchange = recordedExchanges.find(({ difference }) => difference === "guardrail");
    const { request } = readRecording(exchange?.name ?? "");
    const { server, engine } = await startServer({ tokens: ["Sunny"] }, { as: modelOf(request.path) });
    const response = await send(server.url, request.path, {
      ...request,
      headers: exchange?.requestHeaders ?? {},
    });
    expect(response.status).toBe(400);
    expect(JSON.parse(response.body.toString())).toEqual({
      message: "The guardrail identifier or version provided in the request does not exist.",
    });
    expect(engine.requests).toEqual([]);
  });
});

/** Sends the recorded request to a server whose engine writes the recorded answer, and checks what the engine was asked. */
async function sendRecorded(
  recording: Recording,
  exchange: RecordedExchange,
  send: Send,
): Promise<WholeResponse> {
  const { method, path, body } = recording.request;
  const options: ServeOptions = exchange.server === "expired-token" ? {} : (exchange.server ?? {});
  const { server, engine } = await startServer(scriptOf(recording, exchange), {
    ...(recording.response.status === 200 && { as: modelOf(path) }),
    padding: recordedPadding(recording),
    ...options,
  });
  const response = await send(server.url, path, { method, body });
  if (answerOf(recording) === undefined) {
    expect(engine.requests).toEqual([]);
  } else {
    // the prompt of a conversation is compared by its tokens: see recorded-counts.test.ts
    const { prompt } = JSON.parse(body) as { prompt?: string };
    const bos = path.includes("llama2") ? "always" : "never";
    expect(engine.requests).toMatchObject([{ bos, ...(prompt !== undefined && { prompt }) }]);
  }
  return response;
}

async function sendExpired({ request }: Recording, send: Send): Promise<WholeResponse> {
  const { method, path, body } = request;
  const { url } = await startGuardedServer(keys, { now: () => NOW });
  const signed = await signedBySdk({ method, path, body }, { key: EXPIRED });
  const { host = "", ...headers } = Object.fromEntries(signed.headers);
  // HTTP/2 has another name for the host
  const own = send === protocols[1]?.[1] ? { ":authority": host } : { host };
  return send(url, path, { method, headers: { ...headers, ...own }, body });
}

describe("the recordings", () => {
  it("are all in the table", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
    expect(recordedExchanges.map(({ name }) => `${name}.json`).sort()).toEqual(files.sort());
  });

  it("are described in their README as in the table", async () => {
    const page = `${folder}README.md`;
    const text = readFileSync(page, "utf8");
    const section = await renderRecordings();
    // set by `npm run conformance:all`
    if (process.env["CONFORMANCE_WRITE"] === "1") writeFileSync(page, text.replace(sectionOf(text), section));
    else expect(sectionOf(text)).toBe(section);
  });
});
