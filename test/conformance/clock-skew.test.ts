import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { behaviourOf } from "./support/behaviour.js";
import { titleOf } from "./support/columns.js";
import { columnsToRun } from "./support/conformance.js";
import { CriaTarget } from "./support/cria-target.js";
import { nativeInput } from "./support/inputs.js";
import { identities } from "./support/keys.js";
import { expectNativeResponse } from "./support/native.js";
import { ResultBook } from "./support/results.js";
import { startClient } from "./support/session.js";
import { expectRefusal } from "./support/shared-cases.js";
import { skewDate } from "./support/skewed-date.js";
import { targetName } from "./support/target.js";

const TEN_MINUTES_MS = 600_000;

const EXPIRED =
  /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/u;

describe("a clock ten minutes off", () => {
  const book = new ResultBook();
  let restore: (() => void) | undefined;
  beforeAll(() => {
    restore = skewDate(TEN_MINUTES_MS);
  });
  afterAll(() => {
    restore?.();
    book.save("clock-skew");
  });

  if (targetName === "aws") it("is noticed", (context) => context.skip("the clock of AWS is right"));

  for (const column of targetName === "aws" ? [] : columnsToRun("InvokeModel")) {
    it.concurrent(titleOf(column), async () => {
      // its own server, whose clock is ahead
      const cria = await CriaTarget.start(column);
      const client = startClient(column, cria, identities.key);
      try {
        const { correctsClock } = behaviourOf(column);
        const ask = () => client.ask({ operation: "InvokeModel", input: nativeInput() });
        const answer = await ask();
        if (correctsClock) {
          // from the response's Date header, and it remembers the offset
          expectNativeResponse(answer.output?.body);
          expectNativeResponse((await ask()).output?.body);
          expect((await cria.records(3)).map((record) => record["status"])).toEqual([403, 200, 200]);
        } else {
          expectRefusal(answer, 403, "InvalidSignatureException", expect.stringMatching(EXPIRED) as string);
          await cria.records(1);
        }
        book.observe(
          titleOf(column),
          "skew",
          correctsClock ? "asks again with the right time" : "InvalidSignatureException",
        );
      } finally {
        await client.close();
        await cria.server.close({ graceMs: 0 });
      }
    });
  }
});
