/**
 * Measures what checking a caller's key costs: a signature (AWS Signature Version 4) over a body of 1 KB, or an API key, with few keys and with many.
 *
 *     npm run build && node bench/signature.mjs
 *
 * In a loop, in one process, in turns, so that a disturbance affects all rows.
 */
import { createHash } from "node:crypto";

import { modules } from "./support/home.mjs";
import { spread } from "./support/statistics.mjs";

const { signRequest } = await import(`${modules}/sigv4/index.js`);
const { createKeyAuthenticator } = await import(`${modules}/server/access/key-authenticator.js`);
const { keySetOf } = await import(`${modules}/server/access/key-set.js`);

const ROUNDS = 15;
const REQUESTS = 500;
const NUMBERS_OF_KEYS = [1, 100, 10_000];

const method = "POST";
const path = "/model/us.meta.llama3-3-70b-instruct-v1%3A0/invoke-with-response-stream";
const body = JSON.stringify({ prompt: "a".repeat(1_000) });
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const key = (i) => ({
  accessKeyId: `CRIA${String(i).padStart(16, "0")}`,
  secretAccessKey: `secret${i}`,
  apiKeySha256: sha256(`api-key-${i}`),
});

/** A request as the authenticator reads it. */
function requestOf(headers) {
  const values = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
  return {
    ...{ method, path },
    header: (name) => values.get(name),
    headerValues: (name) => (values.has(name) ? [values.get(name)] : []),
    bodySha256: async () => sha256(body),
  };
}

function caseOf(proof, numberOfKeys) {
  const keys = keySetOf(Array.from({ length: numberOfKeys }, (_, i) => key(i)));
  const authenticator = createKeyAuthenticator({ current: async () => keys });
  const { accessKeyId, secretAccessKey } = key(numberOfKeys - 1);
  const unsigned = [
    ["host", "localhost:2742"],
    ["content-type", "application/json"],
    ["accept", "application/vnd.amazon.eventstream"],
    ["amz-sdk-invocation-id", "2f9c5f5e-8a2e-4a2e-9d0a-0b6f5a0c7c11"],
    ["amz-sdk-request", "attempt=1; max=3"],
  ];
  const headers =
    proof === "signature"
      ? signRequest(
          { method, path, headers: unsigned, body },
          { credentials: { accessKeyId, secretAccessKey }, region: "us-east-1" },
        )
      : [...unsigned, ["authorization", `Bearer api-key-${numberOfKeys - 1}`]];
  return { proof, numberOfKeys, times: [], authenticator, request: requestOf(headers) };
}

/** The processor time of a check, in µs. */
async function measure({ authenticator, request }) {
  const start = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i += 1) {
    const proof = await authenticator.identify(request);
    await proof?.verify();
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / REQUESTS;
}

const cases = ["signature", "API key"].flatMap((proof) =>
  NUMBERS_OF_KEYS.map((number) => caseOf(proof, number)),
);
for (const one of cases) await measure(one);
for (let round = 0; round < ROUNDS; round += 1) for (const one of cases) one.times.push(await measure(one));

process.stdout.write(
  "µs of processor time a request; median (lowest … highest)\n\n| proof | keys | µs |\n| - | - | - |\n",
);
for (const { proof, numberOfKeys, times } of cases)
  process.stdout.write(`| ${proof} | ${numberOfKeys.toLocaleString("en-US")} | ${spread(times, 1)} |\n`);
