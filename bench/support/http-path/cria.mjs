/** Cria with the scripted engine, in a separate process. The first argument may have further options of serve(), in JSON. */
import { createScriptedEngine, serve } from "../../../dist/index.js";
import { answer } from "./process.mjs";
import { MODEL, parse, random, textOf, turnOf } from "./work.mjs";

const TOKENS = Array(2048).fill(" Hello");

const scripted = createScriptedEngine({
  // some rows have thousands of idle streams
  model: { sequences: 8192 },
  script: ({ prompt }) => ({
    tokens: TOKENS.slice(0, parse(prompt).frames),
    stopReason: "length",
    promptTokens: 1,
  }),
});

/** The scripted engine; the same code as in the plain server paces its tokens. */
const engine = {
  capabilities: scripted.capabilities,
  sequences: scripted.sequences,
  model: () => scripted.model(),
  health: () => scripted.health(),
  countTokens: (...args) => scripted.countTokens(...args),
  close: () => scripted.close(),
  [Symbol.asyncDispose]: () => scripted.close(),
  async generate(request) {
    const work = parse(request.prompt);
    if (work.kind === "burst") return scripted.generate(request);
    return { promptTokens: 1, [Symbol.asyncIterator]: () => tokens(work, request) };
  },
};

async function* tokens(work, { signal, onFree }) {
  try {
    for (let number = 1; ; number += 1) {
      await turnOf(work, number, signal);
      const last = number === work.frames && work.kind !== "idle";
      yield { id: undefined, text: textOf(work), stopReason: last ? "length" : null };
      if (last) return;
    }
  } finally {
    onFree?.();
  }
}

const options = JSON.parse(process.argv[2] ?? "{}");
const server = await serve({ engine, as: MODEL, padding: random, limits: { connections: 4096 }, ...options });
answer(server.port);
