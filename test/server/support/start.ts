import { pino, type Logger } from "pino";
import { onTestFinished } from "vitest";

import {
  createScriptedEngine,
  type Engine,
  type GenerateRequest,
  type Generation,
  type ScriptedEngineOptions,
} from "../../../src/engine/index.js";
import { serve, type CriaServer, type ServeOptions } from "../../../src/server/index.js";

export const MODEL = "meta.llama2-13b-chat-v1";
export const INVOKE = `/model/${MODEL}/invoke`;
export const STREAM = `/model/${MODEL}/invoke-with-response-stream`;

/** A scripted engine that records its requests. */
export interface RecordingEngine extends Engine {
  readonly requests: GenerateRequest[];
  /** The number of tokens read, over all generations. */
  tokensRead: number;
}

export function recordingEngine(
  script: ScriptedEngineOptions["script"],
  model: ScriptedEngineOptions["model"] = {},
): RecordingEngine {
  const engine = createScriptedEngine({ script, model });
  const requests: GenerateRequest[] = [];
  return {
    requests,
    tokensRead: 0,
    capabilities: engine.capabilities,
    sequences: engine.sequences,
    model: () => engine.model(),
    health: () => engine.health(),
    countTokens: (...args) => engine.countTokens(...args),
    close: () => engine.close(),
    [Symbol.asyncDispose]: () => engine.close(),
    async generate(request) {
      requests.push(request);
      const generation = await engine.generate(request);
      return this.count(generation);
    },
    count(generation: Generation): Generation {
      const count = () => (this.tokensRead += 1);
      return {
        promptTokens: generation.promptTokens,
        async *[Symbol.asyncIterator]() {
          for await (const token of generation) {
            count();
            yield token;
          }
        },
      };
    },
  } as RecordingEngine & { count(generation: Generation): Generation };
}

export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly level: number;
  readonly msg: string;
}

/** A logger, and the lines written to it. */
export function recordingLogger(): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const logger = pino(
    { level: "debug", base: null },
    { write: (line) => void lines.push(JSON.parse(line) as LogLine) },
  );
  return { logger, lines };
}

/** A server with its engine and its log, closed when the test ends. */
export async function startServer(
  script: ScriptedEngineOptions["script"],
  options: ServeOptions & { readonly model?: ScriptedEngineOptions["model"] } = {},
): Promise<{ server: CriaServer; engine: RecordingEngine; lines: LogLine[] }> {
  const engine = recordingEngine(script, options.model);
  const { logger, lines } = recordingLogger();
  const server = await serve({ engine, as: MODEL, logger, ...options });
  onTestFinished(() => server.close({ graceMs: 0 }));
  return { server, engine, lines };
}

/** A busy machine may take seconds for what takes milliseconds else. Less than the time limit of a test, so that the message is seen. */
const PATIENCE_MS = 20_000;

/** Waits until a condition holds, for at most {@link PATIENCE_MS}. */
export async function until(condition: () => boolean, what = "condition"): Promise<void> {
  for (const last = performance.now() + PATIENCE_MS; performance.now() < last;) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} didn't hold within ${PATIENCE_MS / 1000} s`);
}
