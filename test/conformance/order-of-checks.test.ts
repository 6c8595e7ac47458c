import { describe, expect, it } from "vitest";

import { FaultPlan, type Fault } from "../../src/server/index.js";
import { protocols } from "../server/support/http.js";
import { MODEL, startServer } from "../server/support/start.js";

// If several checks fail at once, the caller gets the error of the first, in this order. test/server/access has the place of
// the credentials: after the route, before all other checks.

/** A request that can fail several checks. */
interface Broken {
  route: boolean;
  modelId: string;
  contentType: string;
  accept: string;
  readonly body: Record<string, unknown>;
  /** Number of spaces after the body. */
  tail: number;
  /** The position at which the body's JSON is cut off. */
  cut: number;
  readonly faults: Fault[];
  promptTokens: number;
}

/** The limit of a body's length here, so that a body that is too long needn't have 25 MB. */
const BODY_BYTES = 1_000;

const CONTEXT = 4096;

interface Check {
  readonly name: string;
  readonly status: number;
  /** A part of the response that is unique to this check. */
  readonly says: string;
  wrong(request: Broken): void;
}

/** The checks before the body is read. */
const FIRST: readonly Check[] = [
  {
    name: "route",
    status: 404,
    says: "UnknownOperationException",
    wrong: (request) => (request.route = false),
  },
  {
    name: "model id",
    status: 400,
    says: "model identifier is invalid",
    wrong: (request) => (request.modelId = "meta.llama9"),
  },
  {
    name: "access to the model",
    status: 403,
    says: "have access to the model",
    wrong: ({ faults }) => faults.push({ kind: "AccessDeniedException" }),
  },
];

/** Checks of the operations with a native body only. */
const TYPES: readonly Check[] = [
  {
    name: "content type",
    status: 400,
    says: "Content Type is invalid",
    wrong: (request) => (request.contentType = "text/plain"),
  },
  {
    name: "accept",
    status: 400,
    says: "Accept Type is invalid",
    wrong: (request) => (request.accept = "text/plain"),
  },
];

const LENGTH: Check = {
  name: "length of the body",
  status: 400,
  says: "less than or equal to 25000000",
  wrong: (request) => (request.tail = BODY_BYTES),
};

const NATIVE: readonly Check[] = [
  {
    name: "JSON",
    status: 400,
    says: "Malformed input request, please",
    wrong: (request) => (request.cut = 1),
  },
  {
    name: "schema",
    status: 400,
    says: "#/temperature: 5 is not less",
    wrong: ({ body }) => (body["temperature"] = 5),
  },
];

/** Checks of Converse's members. */
const CONVERSE: readonly Check[] = [
  {
    name: "JSON",
    status: 400,
    says: '{"message":""}',
    wrong: (request) => (request.cut = 1),
  },
  {
    name: "a member's type",
    status: 400,
    says: "STRING_VALUE can not be converted",
    wrong: ({ body }) => (body["system"] = "Be brief."),
  },
  {
    name: "a constraint",
    status: 400,
    says: "1 validation error detected",
    wrong: ({ body }) => (body["inferenceConfig"] = { maxTokens: 0 }),
  },
  {
    name: "turns",
    status: 400,
    says: "must start with a user message",
    wrong: ({ body }) => (body["messages"] = []),
  },
];

/** The checks that the engine makes. */
const LAST: readonly Check[] = [
  {
    name: "throttling",
    status: 429,
    says: "Too many requests",
    wrong: ({ faults }) => faults.push({ kind: "ThrottlingException" }),
  },
  {
    name: "length of the context",
    status: 400,
    says: "maximum context length is 4096",
    wrong: (request) => (request.promptTokens = CONTEXT + 1),
  },
];

/** All checks, in order. */
const NATIVE_CHECKS = [...FIRST, ...TYPES, LENGTH, ...NATIVE, ...LAST];
const CONVERSE_CHECKS = [...FIRST, LENGTH, ...CONVERSE, ...LAST];

const NATIVE_BODY = { prompt: "Hi" };
const CONVERSE_BODY = { messages: [{ role: "user", content: [{ text: "Hi" }] }] };

/** All combinations of `size` checks, each in order. */
function choose(all: readonly Check[], size: number, from = 0): readonly (readonly Check[])[] {
  if (size === 0) return [[]];
  return all
    .slice(from)
    .flatMap((check, i) => choose(all, size - 1, from + i + 1).map((others) => [check, ...others]));
}

describe.each(protocols)("the order of checks over %s", (_, send) => {
  describe.each([
    ["invoke", NATIVE_CHECKS, NATIVE_BODY],
    ["invoke-with-response-stream", NATIVE_CHECKS, NATIVE_BODY],
    ["converse", CONVERSE_CHECKS, CONVERSE_BODY],
    ["converse-stream", CONVERSE_CHECKS, CONVERSE_BODY],
  ] as const)("%s", (operation, allChecks, wholeBody) => {
    async function open() {
      const faults = new FaultPlan();
      let promptTokens = 1;
      const { server, engine } = await startServer(() => ({ tokens: ["a"], promptTokens }), {
        faults,
        limits: { bodyBytes: BODY_BYTES },
      });
      const ask = (checks: readonly Check[]) => {
        const request: Broken = {
          route: true,
          modelId: MODEL,
          contentType: "application/json",
          accept: "application/json",
          body: { ...wholeBody },
          tail: 0,
          cut: 0,
          faults: [],
          promptTokens: 1,
        };
        for (const check of checks) check.wrong(request);
        // given in the reverse order, which must not matter
        faults.replace(request.faults.reverse());
        promptTokens = request.promptTokens;
        const json = JSON.stringify(request.body);
        return send(server.url, `/model/${request.modelId}/${operation}${request.route ? "" : "d"}`, {
          headers: {
            "content-type": request.contentType,
            accept: request.accept,
            "x-amzn-bedrock-accept": request.accept,
          },
          body: json.slice(0, json.length - request.cut) + " ".repeat(request.tail),
        });
      };
      return { ask, engine };
    }

    it("a request that passes all checks is answered", async () => {
      const { ask, engine } = await open();
      expect((await ask([])).status).toBe(200);
      expect(engine.requests).toHaveLength(1);
    });

    it.each([
      [1, 10],
      [2, 45],
      [3, 120],
    ])("of %i failing checks the first gives the error", async (size, choices) => {
      const { ask } = await open();
      const all = choose(allChecks, size);
      expect(all).toHaveLength(choices);
      for (const checks of all) {
        const [first] = checks;
        const { status, body } = await ask(checks);
        const names = checks.map(({ name }) => name).join(" + ");
        expect([names, status], names).toEqual([names, first?.status]);
        expect(body.toString(), names).toContain(first?.says);
      }
    });

    it("a request that fails all checks gets the first error only", async () => {
      const { ask, engine } = await open();
      const { body } = await ask(allChecks);
      expect(body.toString()).toBe("<UnknownOperationException/>");
      expect(engine.requests).toEqual([]);
    });
  });
});
