import { expect } from "vitest";

import { conformance } from "./support/conformance.js";
import { hello } from "./support/cria-target.js";
import { nativeInput } from "./support/inputs.js";
import { expectNativeChunks, nativeChunks } from "./support/native.js";
import { expectRefusal, modelIdCases, retryCases, unknownModelCase } from "./support/shared-cases.js";
import { streamCases } from "./support/stream-cases.js";

conformance("InvokeModelWithResponseStream", (cases, column) => {
  cases.both("answers with one chunk for each token", async ({ ask, cria }) => {
    const answer = await ask(nativeInput());
    expect(answer.output).toEqual({ contentType: "application/json" });
    const chunks = expectNativeChunks(answer);
    if (!cria) return;
    // the end-of-sequence token is counted but has no text
    expect(chunks.map(({ generation }) => generation)).toEqual([...hello.tokens, ""]);
    expect(chunks.at(-1)).toMatchObject({ stop_reason: "stop" });
  });

  cases.both("stops at max_gen_len, with the last token's text", async ({ ask }) => {
    const chunks = expectNativeChunks(await ask(nativeInput({ max_gen_len: 3 })));
    expect(chunks).toHaveLength(3);
    expect(chunks.at(-1)).toMatchObject({
      stop_reason: "length",
      generation: expect.stringMatching(/./u) as string,
    });
  });

  cases.both("counts as InvokeModel does", async ({ ask, call }) => {
    const [first] = expectNativeChunks(await ask(nativeInput()));
    const { output } = await call("InvokeModel", nativeInput());
    const whole = JSON.parse(output?.body ?? "") as Record<string, unknown>;
    expect(first?.prompt_token_count).toBe(whole["prompt_token_count"]);
  });

  cases.both("accepts the supported media types", async ({ ask }) => {
    const type = "application/json";
    expectNativeChunks(await ask({ ...nativeInput(), contentType: type, accept: type }));
  });

  modelIdCases(cases, nativeInput());
  unknownModelCase(cases, nativeInput());

  cases.both("names what is wrong with a body", async ({ ask }) => {
    expectRefusal(
      await ask(nativeInput({ temperature: 2, top_k: 1 })),
      400,
      "ValidationException",
      "Malformed input request: #: extraneous key [top_k] is not permitted#/temperature: 2 is not less or equal to 1, please reformat your input and try again.",
    );
  });

  retryCases(cases, column, nativeInput());
  streamCases(cases, column, nativeInput({ max_gen_len: 100 }), {
    head: 0,
    texts: (answer) => nativeChunks(answer).map(({ generation }) => generation),
  });
});
