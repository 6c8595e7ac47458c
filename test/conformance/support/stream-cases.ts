import { expect } from "vitest";

import type { Script } from "../../../src/engine/index.js";
import type { Answer, Input } from "./answer.js";
import { behaviourOf } from "./behaviour.js";
import type { Column } from "./columns.js";
import type { Cases, CriaCase } from "./conformance.js";

const TOKENS = 40;

/** An answer that takes one second: long enough to leave it early. */
const long = {
  tokens: Array.from({ length: TOKENS }, (_, i) => ` ${i}`),
  delayMs: 25,
} satisfies Script;

/** The number of tokens before the fault. */
const AFTER = 4;

/** How each attempt's stream begins. */
export interface StreamShape {
  /** Events that come before the first token. */
  readonly head: number;
  /** The texts of the tokens among the events. */
  texts(answer: Answer): readonly string[];
}

const PASSING = "Too many requests, please wait before trying again.";
const BROKEN = "The stream broke.";

/** Faults in a stream that has begun, and a program that leaves the stream. */
export function streamCases(cases: Cases, column: Column, input: Input, shape: StreamShape): void {
  const { streamAttempts, cancelsOnBreak, cut } = behaviourOf(column);
  const begun = long.tokens.slice(0, AFTER);

  const exception = (kind: "ModelStreamErrorException" | "ThrottlingException", message: string) => ({
    script: long,
    faults: [{ kind, after: AFTER, message }],
  });

  /** Expects the events before the failure, of each attempt. */
  const expectBegun = async ({ cria }: CriaCase, answer: Answer, attempts: number) => {
    const expected = Array.from({ length: attempts }, () => begun).flat();
    expect(shape.texts(answer)).toEqual(expected);
    expect(answer.events).toHaveLength(attempts * (shape.head + AFTER));
    for (const record of await cria.records(attempts)) {
      expect(record).toMatchObject({ status: 200, generatedTokens: AFTER });
    }
  };

  cases.cria(
    "tells of a stream that breaks, after what came before",
    exception("ModelStreamErrorException", BROKEN),
    async (on) => {
      const answer = await on.ask(input);
      expect(answer.error).toMatchObject({ name: "ModelStreamErrorException", message: BROKEN });
      await expectBegun(on, answer, 1);
      on.observe("exception", "typed");
    },
  );

  cases.cria("reports throttling in mid-stream", exception("ThrottlingException", PASSING), async (on) => {
    const answer = await on.ask(input);
    expect(answer.error).toMatchObject({ name: "ThrottlingException", message: PASSING });
    await expectBegun(on, answer, streamAttempts);
    on.observe("repeated", streamAttempts === 1 ? "typed" : `typed, after ${streamAttempts} attempts`);
  });

  cases.cria("can be left early", { script: long }, async ({ ask, cria, observe }) => {
    const { events, error } = await ask(input, { stopAfter: AFTER });
    expect({ events, error }).toMatchObject({ events: { length: AFTER }, error: undefined });
    const [record] = await cria.records(1);
    const generated = Number(record?.["generatedTokens"]);
    const cancelled = record?.["abortedByClient"] === true;
    expect(cancelled).toBe(cancelsOnBreak);
    if (cancelled) expect(generated).toBeLessThan(TOKENS);
    else expect(generated).toBe(TOKENS + 1);
    observe("break", cancelled ? "ends the generation" : "all is generated");
  });

  cases.cria(
    "ends where the connection is cut",
    { script: long, faults: [{ kind: "cut", after: AFTER }] },
    async (on) => {
      const answer = await on.ask(input);
      expect(answer.error?.name).toBe(cut);
      await expectBegun(on, answer, cut === undefined ? 1 : streamAttempts);
      const times = streamAttempts === 1 ? "" : `, after ${streamAttempts} attempts`;
      on.observe("cut", answer.error ? `${answer.error.name}${times}` : "nothing: it seems to be the end");
    },
  );
}
