import { readFileSync } from "node:fs";

import { describe, expect, it, vi } from "vitest";

import { parseModelId } from "../../../src/bedrock/index.js";
import { createScriptedEngine, type GenerateRequest } from "../../../src/engine/index.js";
import { readPdf } from "../../../src/server/documents/read-pdf.js";
import { defaultLimits } from "../../../src/server/limits.js";
import { hostilePdfs, pdf } from "../../support/pdf.js";
import { answer, HELLO, type TestServices } from "../support/ask.js";

// the real one, which tells how often it was called
vi.mock("../../../src/server/documents/read-pdf.js", { spy: true });

const LLAMA_4 = "meta.llama4-maverick-17b-instruct-v1:0";

function scripted() {
  const requests: GenerateRequest[] = [];
  const script = (request: GenerateRequest) => {
    requests.push(request);
    return HELLO;
  };
  return { engine: createScriptedEngine({ script }), requests };
}

interface Asked extends TestServices {
  readonly operation?: string;
  readonly modelId?: string;
  readonly signal?: AbortSignal;
}

function ask(body: object, { operation = "converse", modelId = LLAMA_4, signal, ...services }: Asked) {
  const path = `/model/${modelId}/${operation}`;
  const request = { path, body: JSON.stringify(body), ...(signal && { signal }) };
  return answer({ as: parseModelId(modelId)?.model, ...services }, request);
}

const user = (...content: object[]) => ({ role: "user", content });
const asked = (...content: object[]) => ({ messages: [user({ text: "Read this." }, ...content)] });
const document = (name: string, content: string | Uint8Array, format?: string) => ({
  document: { name, format, source: { bytes: Buffer.from(content as string).toString("base64") } },
});
const errorOf = ({ status, bytes }: { readonly status: number; readonly bytes: Buffer }) => ({
  status,
  ...(JSON.parse(bytes.toString()) as { message: string }),
});

describe("documents", () => {
  it.each([
    ["converse", (body: object) => body],
    ["converse-stream", (body: object) => body],
    ["count-tokens", (body: object) => ({ input: { converse: body } })],
  ])("are read once by %s", async (operation, bodyOf) => {
    const before = vi.mocked(readPdf).mock.calls.length;
    const body = bodyOf(asked(document("Letter", pdf("Dear Zoe,"), "pdf")));
    expect(await ask(body, { ...scripted(), operation })).toMatchObject({ status: 200 });
    expect(vi.mocked(readPdf).mock.calls.length - before).toBe(1);
  });

  it.each([
    "meta.llama2-13b-chat-v1",
    "meta.llama3-8b-instruct-v1:0",
    "meta.llama3-2-1b-instruct-v1:0",
    "meta.llama3-3-70b-instruct-v1:0",
    LLAMA_4,
  ])("reach %s as text", async (modelId) => {
    const { engine, requests } = scripted();
    const body = asked(document("Notes", "a,b\n1,2\n", "csv"), document("Letter", pdf("Dear Zoe,"), "pdf"));
    expect(await ask(body, { engine, modelId })).toMatchObject({ status: 200 });
    expect(requests[0]?.prompt).toContain(
      'Read this.\n<documents>\n<document index="1">\n<source>Notes</source>\n<document_content>\na,b\n1,2\n\n</document_content>\n</document>\n' +
        '<document index="2">\n<source>Letter</source>\n<document_content>\nDear Zoe,\n</document_content>\n</document>\n</documents>',
    );
  });

  it.each(["txt", "md", "csv", "html"])("are read as they are: %s", async (format) => {
    const { engine, requests } = scripted();
    const text = "<p>Zoë & co. 分析</p>";
    await ask(asked(document("a", `\ufeff${text}`, format)), { engine });
    expect(requests[0]?.prompt).toContain(`<document_content>\n${text}\n</document_content>`);
  });

  it("are streamed and counted alike", async () => {
    const { engine, requests } = scripted();
    const body = asked(document("a", pdf("one two three four")));
    expect(await ask(body, { engine, operation: "converse-stream" })).toMatchObject({ status: 200 });
    const counted = await ask({ input: { converse: body } }, { engine, operation: "count-tokens" });
    const words = (requests[0]?.prompt ?? "").split(/\s+/u).filter((word) => word !== "");
    expect(JSON.parse(counted.bytes.toString())).toEqual({ inputTokens: words.length });
  });

  it.each(["converse", "converse-stream", "count-tokens"])("are read once each by %s", async (operation) => {
    vi.mocked(readPdf).mockClear();
    const body = asked(document("a", pdf("a")), document("b", pdf("b")));
    const asks = operation === "count-tokens" ? { input: { converse: body } } : body;
    expect(await ask(asks, { engine: scripted().engine, operation })).toMatchObject({ status: 200 });
    expect(readPdf).toHaveBeenCalledTimes(2);
  });

  it("are taken as Bedrock took the recorded one", async () => {
    const file = new URL(
      "../../fixtures/recordings/llama4-maverick.converse.tool-result-document.json",
      import.meta.url,
    );
    const { request } = JSON.parse(readFileSync(file, "utf8")) as { request: { body: string } };
    const { engine, requests } = scripted();
    const { status } = await ask(JSON.parse(request.body) as object, { engine });
    expect(status).toBe(200);
    expect(requests[0]?.prompt).toContain(
      'ipython<|header_end|>\n\n<documents>\n<document index="1">\n<source>Document 1</source>\n<document_content>\nDummy PDF file\n</document_content>\n</document>\n</documents><|eot|>',
    );
  });

  it.each([
    [
      "that isn't valid",
      document("a", "%PDF-1.7"),
      "The model returned the following errors: The PDF specified was not valid.",
    ],
    [
      "in a format that Cria doesn't read",
      document("My report", "PK\x03\x04 word/document.xml", "docx"),
      "Cria doesn't read the format of the document My report: send pdf, txt, md, csv or html.",
    ],
  ])("%s are refused before anything runs", async (_, block, message) => {
    const { engine, requests } = scripted();
    for (const operation of ["converse", "converse-stream"])
      expect(errorOf(await ask(asked(block), { engine, operation }))).toEqual({ status: 400, message });
    expect(requests).toEqual([]);
  });

  it("that take too long are refused, while others are answered", async () => {
    const { engine, requests } = scripted();
    const limits = { ...defaultLimits, documentMs: 4_000 };
    const hostile = hostilePdfs["whose page is shown ten thousand times"]?.() ?? pdf();
    const order: string[] = [];
    const slow = ask(asked(document("Bomb", hostile)), { engine, limits }).then((answered) => {
      order.push("hostile");
      return errorOf(answered);
    });
    for (let i = 0; i < 5; i += 1) {
      expect(await ask(asked(), { engine, limits })).toMatchObject({ status: 200 });
      order.push("other");
    }
    expect(await slow).toEqual({
      status: 400,
      message: "Reading the document Bomb takes too long or too much memory: send its text, or less of it.",
    });
    expect(order).toEqual([...Array<string>(5).fill("other"), "hostile"]);
    expect(requests).toHaveLength(5);
  }, 30_000);

  it("share the time of their request", async () => {
    const { engine } = scripted();
    const hostile = hostilePdfs["whose page is shown ten thousand times"]?.() ?? pdf();
    const names = ["a", "b", "c", "d", "e"];
    const started = performance.now();
    const body = asked(...names.map((name) => document(name, hostile)));
    const answered = await ask(body, { engine, limits: { ...defaultLimits, documentMs: 2_000 } });
    expect(errorOf(answered).message).toMatch(/^Reading the document a takes too long/u);
    expect(performance.now() - started).toBeLessThan(8_000);
  }, 30_000);
});
