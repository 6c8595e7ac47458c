// OpenAI's SDK for JavaScript, with its provider for Bedrock. It calls another API than Bedrock Runtime's, which Cria doesn't have.
import assert from "node:assert/strict";

import OpenAI, { NotFoundError } from "openai";
import { bedrock } from "openai/providers/bedrock/aws";

import { NoSuchMode, QUESTION, run, TOOLS_MODEL } from "./cases.mjs";

const WHY = "it calls Bedrock's API in OpenAI's format, which Cria doesn't have: 404";

const same = async () => {
  throw new NoSuchMode(WHY);
};

await run("openai", {
  async plain() {
    // with AWS credentials, a custom endpoint needs `endpoint`
    const client = new OpenAI({ provider: bedrock({ endpoint: "mantle" }), maxRetries: 0 });
    const asked = client.chat.completions.create({
      model: TOOLS_MODEL,
      messages: [{ role: "user", content: QUESTION }],
    });
    const error = await asked.then(
      () => assert.fail("it got an answer"),
      (reason) => reason,
    );
    if (!(error instanceof NotFoundError)) throw error;
    // the error keeps no body that isn't JSON: that it was Cria's shows its header
    assert.ok(error.headers.get("x-amzn-requestid"));
    return same();
  },

  stream: same,
  usage: same,
  tools: same,
  structured: same,
});
