// Makes the calls read from stdin, one JSON object per line, with the AWS SDK for JavaScript in its default configuration, and writes
// one line about each to stdout.
import { createInterface } from "node:readline";

import { BedrockClient } from "@aws-sdk/client-bedrock";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

import { describe } from "./failure.mjs";
import { operations } from "./operations.mjs";

const TRANSPORTS = {
  // HTTP/2, with prior knowledge if there is no TLS
  default: () => ({}),
  http1: () => ({ requestHandler: new NodeHttpHandler() }),
};

const [option, transport] = process.argv.slice(2);
const configure = option === "--transport" ? TRANSPORTS[transport] : undefined;
if (!configure) throw new Error("the only option is --transport default or --transport http1");
const clients = { runtime: new BedrockRuntimeClient(configure()), control: new BedrockClient(configure()) };

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}

async function answer({ id, operation, input, stopAfter, abortAfterMs }) {
  const { call, service, isStream } = operations[operation];
  const events = isStream ? [] : undefined;
  const controller = new AbortController();
  const timer =
    abortAfterMs === undefined ? undefined : setTimeout(() => controller.abort(), abortAfterMs).unref();
  try {
    const send = (command) => clients[service].send(command, { abortSignal: controller.signal });
    const { output, metadata } = await call(send, input, (event) => {
      events.push(event);
      return events.length === stopAfter;
    });
    return { id, events, output, retries: metadata.attempts - 1 };
  } catch (error) {
    return { id, events, ...describe(error) };
  } finally {
    clearTimeout(timer);
  }
}
