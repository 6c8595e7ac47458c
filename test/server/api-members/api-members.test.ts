import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { renderProtocol } from "../../../scripts/protocol-docs.mjs";
import { parseModelId } from "../../../src/bedrock/index.js";
import { createScriptedEngine, type GenerateRequest } from "../../../src/engine/index.js";
import { answer } from "../support/ask.js";
import { type Case, type Row, type Section, sections } from "./rows.mjs";
import { type ApiMember, membersOf, type OperationName } from "./sdk-members.js";

/** A model that takes tools, images and documents. */
const MODEL = "us.meta.llama4-maverick-17b-instruct-v1:0";

const PATHS: Readonly<Record<OperationName, string>> = {
  InvokeModel: "invoke",
  InvokeModelWithResponseStream: "invoke-with-response-stream",
  Converse: "converse",
  ConverseStream: "converse-stream",
  CountTokens: "count-tokens",
};
const operations = Object.keys(PATHS) as OperationName[];
const NATIVE: ReadonlySet<OperationName> = new Set(["InvokeModel", "InvokeModelWithResponseStream"]);

const MESSAGES = [{ role: "user", content: [{ text: "Hi" }] }];

/** The smallest body that an operation answers. */
const MINIMAL: Readonly<Record<OperationName, object>> = {
  InvokeModel: { prompt: "Hi" },
  InvokeModelWithResponseStream: { prompt: "Hi" },
  Converse: { messages: MESSAGES },
  ConverseStream: { messages: MESSAGES },
  CountTokens: { input: { converse: { messages: MESSAGES } } },
};

const rowsOf = (operation: OperationName): Row[] =>
  sections.filter(({ operations }) => operations.includes(operation)).flatMap(({ rows }) => rows);

/** The members that a table has to tell of: those that have a value, not those that have members. */
const leavesOf = (operation: OperationName) => membersOf(operation).filter(({ hasMembers }) => !hasMembers);

const isAbout = ({ member, below }: Row, path: string) =>
  path === member ||
  (below === true && new RegExp(`^[.[{]`, "u").test(path.slice(member.length)) && path.startsWith(member));

describe.each(operations)("the table's rows for %s", (operation) => {
  it("are one for each member of the SDK's schema", () => {
    const rows = rowsOf(operation);
    const wrong = leavesOf(operation)
      .map(({ path }) => [path, rows.filter((row) => isAbout(row, path)).length] as const)
      .filter(([, found]) => found !== 1);
    expect(wrong).toEqual([]);
  });

  it("are about members that the schema has", () => {
    const paths = leavesOf(operation).map(({ path }) => path);
    const wrong = rowsOf(operation).filter((row) => !paths.some((path) => isAbout(row, path)));
    expect(wrong.map(({ member }) => member)).toEqual([]);
  });
});

/** The request's headers and body: native members but the body are headers. */
function requestFor(operation: OperationName, sends: Readonly<Record<string, unknown>>) {
  if (!NATIVE.has(operation)) return { headers: {}, body: { ...MINIMAL[operation], ...sends } };
  const names = new Map(membersOf(operation).map(({ path, header }) => [path, header]));
  const headers = Object.entries(sends)
    .filter(([member]) => member !== "body")
    .map(([member, value]) => [(names.get(member) ?? "").toLowerCase(), String(value)]);
  return {
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: sends["body"] ?? MINIMAL[operation],
  };
}

async function send(
  operation: OperationName,
  body: unknown,
  model = MODEL,
  headers: Readonly<Record<string, string>> = {},
) {
  const requests: GenerateRequest[] = [];
  const script = (request: GenerateRequest) => {
    requests.push(request);
    return { tokens: ["Hel", "lo"], promptTokens: 7 };
  };
  const engine = createScriptedEngine({ capabilities: { images: true }, script });
  const path = `/model/${encodeURIComponent(model)}/${PATHS[operation]}`;
  const reply = await answer(
    { as: parseModelId(model)?.model, engine },
    { path, body: JSON.stringify(body), headers },
  );
  return { ...reply, requests };
}

/** Each case with each operation that it is for. */
const shown = sections.flatMap(({ operations, rows }: Section) =>
  rows.flatMap((row) =>
    row.cases.flatMap((one) =>
      (one.only ?? operations).map(
        (operation) =>
          [operation, `${row.member}${one.when === undefined ? "" : `, ${one.when}`}`, one] as const,
      ),
    ),
  ),
);

describe("what a row says", () => {
  it.each(sections.flatMap(({ rows }) => rows).map((row) => [row.member, row] as const))(
    "is shown by a request: %s",
    (_, { does, cases }) => {
      expect(cases.length).toBeGreaterThan(0);
      if (does === "refused") expect(cases.every(({ refusal }) => refusal)).toBe(true);
      for (const { refusal, answers, engine, prompt } of cases) {
        expect([refusal, answers, engine, prompt].some((expected) => expected !== undefined)).toBe(true);
      }
    },
  );

  it.each(shown)("is so in %s: %s", async (operation, _, one: Case) => {
    const { headers, body } = requestFor(operation, one.sends);
    const { status, header, headers: all, bytes, requests } = await send(operation, body, one.model, headers);
    const text = bytes.toString();
    if (one.refusal) {
      const { status: expected = 400, type = "ValidationException", message } = one.refusal;
      expect(JSON.parse(text)).toEqual({ message });
      expect([status, header("x-amzn-ErrorType")?.split(":")[0]]).toEqual([expected, type]);
      expect(requests).toEqual([]);
      return;
    }
    expect([status, status === 200 ? "" : text]).toEqual([200, ""]);
    if (one.answers !== undefined) {
      expect([...all.map(([name, value]) => `${name}: ${value}`), text].join("\n")).toContain(one.answers);
    }
    if (one.engine) expect(requests).toMatchObject([one.engine]);
    if (one.prompt !== undefined) expect(requests[0]?.prompt).toContain(one.prompt);
  });
});

/** A value of the wrong type. */
function wrongValue({ type }: ApiMember): unknown {
  return type === "structure" || type === "union" || type === "map" || type === "list" ? 5 : { a: 5 };
}

/** A body that has a value at a member's path, and around it only what leads there. */
function bodyWith(path: string, value: unknown): unknown {
  const [, name = "", kind, rest = ""] = /^(\w+)(\[\]|\{\})?\.?(.*)$/u.exec(path) ?? [];
  const inner = rest === "" ? value : bodyWith(rest, value);
  if (kind === "[]") return { [name]: [inner] };
  return { [name]: kind === "{}" ? { a: inner } : inner };
}

describe.each(["Converse", "ConverseStream", "CountTokens"] as const)(
  "%s reads every member",
  (operation) => {
    const members = membersOf(operation).filter(
      ({ type, header }) => type !== "document" && header === undefined,
    );

    it.each(members.map((member) => [member.path, member] as const))("%s", async (path, member) => {
      const { header, bytes } = await send(operation, bodyWith(path, wrongValue(member)));
      expect([header("x-amzn-ErrorType")?.split(":")[0], bytes.toString()]).toEqual([
        "SerializationException",
        expect.stringMatching(/not expected|Unexpected field type|can not be converted/u),
      ]);
    });
  },
);

it("docs/protocol.md has the tables (`npm run docs` updates it)", async () => {
  const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
  expect(page).toBe(await renderProtocol(page));
});
