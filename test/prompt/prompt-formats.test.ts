import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../src/bedrock/index.js";
import { hasMoreMarkers, promptFormats, readPrompt } from "../../src/prompt/index.js";
import { assistant, conversations, system, trimmedContent, user } from "./support.js";

const HELLO = "Describe the purpose of a 'hello world' program in one line.";

/** Steps that grow with the square of the length take minutes. Linear ones take a second, or several on a busy machine. */
const QUADRATIC_MS = 60_000;

/** Prompts as real programs write them. */
const prompts: [string, string, Message[]][] = [
  ["Llama 2 with <s>", `<s>[INST] ${HELLO} [/INST]`, [user(HELLO)]],
  ["Llama 2 without <s>", `[INST] ${HELLO} [/INST]`, [user(HELLO)]],
  ["Llama 2 without spaces", `<s>[INST]${HELLO}[/INST]`, [user(HELLO)]],
  ["a newline at the end", `<s>[INST] ${HELLO} [/INST]\n`, [user(HELLO)]],
  ["white space around everything", `\n  <s> [INST]\n${HELLO}\n[/INST] \n\n `, [user(HELLO)]],
  ["<s> doubled", `<s><s>[INST] ${HELLO} [/INST]`, [user(HELLO)]],
  ["no [/INST]", `[INST] ${HELLO}`, [user(HELLO)]],
  [
    "a system text",
    "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]",
    [system("Be brief."), user("Hi")],
  ],
  ["a system text on one line", "[INST]<<SYS>>Be brief.<</SYS>>Hi[/INST]", [system("Be brief."), user("Hi")]],
  [
    "a system text before [INST]",
    "<<SYS>>Be brief.<</SYS>>\n[INST] Hi [/INST]",
    [system("Be brief."), user("Hi")],
  ],
  [
    "instructions before [INST]",
    "You are a pirate.\n[INST] Hi [/INST]",
    [system("You are a pirate."), user("Hi")],
  ],
  ["a prefilled answer", "<s>[INST] Hi [/INST] Sure,", [user("Hi"), assistant("Sure,")]],
  ["a prefilled answer that ends in a space", "[INST] Hi [/INST]\nSure: ", [user("Hi"), assistant("Sure: ")]],
  [
    "several turns",
    "<s>[INST] a [/INST] b </s><s>[INST] c [/INST] d </s><s>[INST] e [/INST]",
    [user("a"), assistant("b"), user("c"), assistant("d"), user("e")],
  ],
  [
    "several turns on separate lines, as on Meta's page",
    "<s>[INST] <<SYS>>\ns\n<</SYS>>\n\na [/INST] b </s>\n<s>[INST] c [/INST]",
    [system("s"), user("a"), assistant("b"), user("c")],
  ],
  [
    "several turns without <s> and </s>",
    "[INST] a [/INST]\nb\n[INST] c [/INST]",
    [user("a"), assistant("b"), user("c")],
  ],
  ["a finished answer at the end", "[INST] a [/INST] b </s>", [user("a"), assistant("b")]],
  [
    "Llama 3 as AWS's samples write it",
    "\n<|begin_of_text|><|start_header_id|>user<|end_header_id|>\nHi\n<|eot_id|>\n" +
      "<|start_header_id|>assistant<|end_header_id|>\n",
    [user("Hi")],
  ],
  [
    "Llama 3 with white space at the end",
    "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n \n",
    [user("Hi")],
  ],
  [
    "Llama 3 without the assistant's header",
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>",
    [user("Hi")],
  ],
  [
    "Llama 3 with a prefilled answer",
    "<|start_header_id|>user<|end_header_id|>\r\n\r\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\r\n\r\nSure, ",
    [user("Hi"), assistant("Sure, ")],
  ],
  [
    "Llama 3 about Llama 2",
    "<|start_header_id|>user<|end_header_id|>\n\nWhat is [INST]?<|eot_id|><|start_header_id|>assistant<|end_header_id|>",
    [user("What is [INST]?")],
  ],
  [
    "text after the end of a turn",
    "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|> there",
    [user("Hi\nthere")],
  ],
  [
    "Llama 3.1",
    promptFormats["llama-3-1"].render([system("Be brief."), user("Hi")]),
    [system("Be brief."), user("Hi")],
  ],
  ["only a header", "<|start_header_id|>assistant<|end_header_id|>\n\n", [user("")]],
  ["text without a format", `${HELLO}\n`, [user(`${HELLO}\n`)]],
  ["text after <s>", `<s>${HELLO}`, [user(HELLO)]],
  ["text after <|begin_of_text|>", "<|begin_of_text|>The sky is", [user("The sky is")]],
  [
    "the Human and Assistant of Claude 2",
    "\n\nHuman: Hi\n\nAssistant:",
    [user("\n\nHuman: Hi\n\nAssistant:")],
  ],
  [
    "closing markers without their opening ones",
    "a [/INST] <</SYS>> </s>",
    [user("a [/INST] <</SYS>> </s>")],
  ],
  ["an empty prompt", "", [user("")]],
  [
    "several system texts and questions in a row",
    "[INST] <<SYS>>\na\n<</SYS>>\n\nb [/INST][INST] c [/INST] d [INST] e [/INST]",
    [system("a"), user("b\n\nc"), assistant("d"), user("e")],
  ],
  ["HTML", "<s>2</s> 1 left", [user("2</s> 1 left")]],
];

/** What frameworks make of the system text S, the questions U1 … and the answers A1 …, by their sources. */
const frameworks: [string, string, Message[]][] = [
  [
    "LlamaIndex.TS for Llama 2 (@llamaindex/aws 0.0.121)",
    "<s>[INST] <<SYS>>\nS\n<</SYS>>\nU1 [/INST] A1 </s>\n<s>U2",
    [system("S"), user("U1"), assistant("A1"), user("U2")],
  ],
  [
    // nothing tells the later answers from their questions
    "LlamaIndex.TS for Llama 2, three turns",
    "<s>[INST] <<SYS>>\nS\n<</SYS>>\nU1 [/INST] A1 </s>\n<s>U2 A2 </s>\n<s>U3",
    [system("S"), user("U1"), assistant("A1"), user("U2 A2\nU3")],
  ],
  ["LlamaIndex.TS for Llama 2 without a system text", "<s>U1 A1 </s>\n<s>U2", [user("U1 A1\nU2")]],
  ["LlamaIndex.TS for Llama 2 with one question", "<s>U1", [user("U1")]],
  [
    "LlamaIndex.TS for Llama 2 up to an answer",
    "<s>[INST] <<SYS>>\nS\n<</SYS>>\nU1 [/INST] A1 </s>\n",
    [system("S"), user("U1"), assistant("A1")],
  ],
  [
    "later turns that only have the closing marker",
    "<s>[INST] U1 [/INST] A1 </s>\n<s>U2 [/INST] A2 </s><s>U3 [/INST]",
    [user("U1"), assistant("A1"), user("U2"), assistant("A2"), user("U3")],
  ],
  [
    "LlamaIndex.TS for Llama 3",
    "<|begin_of_text|>\n<|start_header_id|>\nsystem\n<|end_header_id|>\nS\n<|eot_id|>\n" +
      "<|start_header_id|>\nuser\n<|end_header_id|>\nU1\n<|eot_id|>\n<|start_header_id|>assistant<|end_header_id|>",
    [system("S"), user("U1")],
  ],
  [
    "LlamaIndex.TS for Llama 3.1 with tools",
    "<|begin_of_text|>\n<|start_header_id|>system<|end_header_id|>\n\nEnvironment: node\n\n<|eot_id|>\n<|begin_of_text|>\n" +
      "<|start_header_id|>\nuser\n<|end_header_id|>\nU1\n<|eot_id|>\n<|start_header_id|>assistant<|end_header_id|>",
    [system("Environment: node"), user("U1")],
  ],
  [
    "LlamaIndex for Llama 2 (llama-index-llms-bedrock 0.6.0)",
    "<s> [INST] <<SYS>>\n S \n<</SYS>>\n\n U1 [/INST] A1 </s><s> [INST] U2 [/INST]",
    [system("S"), user("U1"), assistant("A1"), user("U2")],
  ],
  [
    "LangChain for Llama 2 (langchain-aws 1.9.1)",
    "<<SYS>> S <</SYS>>\n[INST] U1 [/INST]\nA1\n[INST] U2 [/INST]",
    [system("S"), user("U1"), assistant("A1"), user("U2")],
  ],
  [
    "LangChain for Llama 3",
    "<|begin_of_text|>\n<|start_header_id|>system<|end_header_id|>S<|eot_id|>\n" +
      "<|start_header_id|>user<|end_header_id|>U1<|eot_id|>\n<|start_header_id|>assistant<|end_header_id|>A1<|eot_id|>\n" +
      "<|start_header_id|>user<|end_header_id|>U2<|eot_id|>\n<|start_header_id|>assistant<|end_header_id|>\n\n",
    [system("S"), user("U1"), assistant("A1"), user("U2")],
  ],
  [
    "LangChain for Llama 4, with a tool's result",
    "<|begin_of_text|>\n<|header_start|>user<|header_end|>U1<|eot|>\n<|header_start|>assistant<|header_end|>A1<|eot|>\n" +
      "<|header_start|>ipython<|header_end|>5<|eom|>\n<|header_start|>ipython<|header_end|>6<|eom|>\n" +
      "<|header_start|>assistant<|header_end|>",
    [user("U1"), assistant("A1"), user("5\n\n6")],
  ],
  [
    "LiteLLM for Llama 2 (litellm 1.110.2)",
    "<s>[INST] <<SYS>>\nS\n<</SYS>>\n [/INST]\n[INST] U1 [/INST]\nA1\n</s>[INST] U2 [/INST]\n",
    [system("S"), user("U1"), assistant("A1"), user("U2")],
  ],
  [
    "LiteLLM for Llama 2, only a system text",
    "<s>[INST] <<SYS>>\nS\n<</SYS>>\n [/INST]\n",
    [system("S"), user("")],
  ],
  [
    "the Vercel AI SDK for Llama 2 (ai 2.2.37)",
    "<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU1 [/INST] A1</s><s>[INST] U2 [/INST]",
    [system("S"), user("U1"), assistant("A1"), user("U2")],
  ],
  [
    "ModelFusion for Llama 2 (modelfusion 0.137.0)",
    "<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU1 [/INST] A1 </s><s>[INST] U2 [/INST] ",
    [system("S"), user("U1"), assistant("A1"), user("U2")],
  ],
];

describe("readPrompt", () => {
  it.each(prompts)("reads %s", (_, prompt, messages) => {
    expect(readPrompt(prompt)).toEqual(messages);
  });

  it.each(frameworks)("reads the prompt of %s", (_, prompt, messages) => {
    expect(readPrompt(prompt)).toEqual(messages);
  });

  it.each(Object.values(promptFormats))("reads what $name renders", (format) => {
    const text = trimmedContent.filter((content) => content !== "");
    fc.assert(
      fc.property(conversations(text, text), fc.constantFrom("", "<s>"), (messages, start) => {
        const prompt = format.render(messages);
        expect(readPrompt(format.name === "llama-2" ? `${start}${prompt}` : prompt)).toEqual(messages);
      }),
    );
  });

  it("never throws, and returns at least one message", () => {
    const marker = fc.constantFrom(
      ...[
        "<s>",
        "</s>",
        "[INST]",
        "[/INST]",
        "<<SYS>>",
        "<</SYS>>",
        "<|begin_of_text|>",
        "<|start_header_id|>",
      ],
      ...[
        "<|end_header_id|>",
        "<|eot_id|>",
        "<|eom_id|>",
        "system",
        "user",
        "assistant",
        " ",
        "\n",
        "\uD800",
      ],
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(marker, fc.string({ maxLength: 3 })), maxLength: 30 }),
        (prompt) => {
          expect(readPrompt(prompt).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("counts the markers of every format, up to a bound", () => {
    const messages = [system("s"), user("u"), assistant("a"), user("u")];
    const markers = { "llama-2": 8, "llama-3": 15, "llama-3-1": 15, "llama-4": 15 };
    for (const [name, format] of Object.entries(promptFormats)) {
      const prompt = format.render(messages);
      const counted = Array.from({ length: 20 }, (_, most) => most).find(
        (most) => !hasMoreMarkers(prompt, most),
      );
      expect([name, counted]).toEqual([name, markers[name as keyof typeof markers]]);
    }
    for (const marker of ["<s>", "<|eom_id|>", "<|end_of_text|>", "<|eot|>", "<|eom|>"])
      expect([marker, hasMoreMarkers(marker, 0)]).toEqual([marker, true]);
    expect(hasMoreMarkers("[INST>, <|user|>, <|python_tag|>, <b>, [ and <|", 0)).toBe(false);
  });

  it.each([
    "[INST]",
    "[/INST]",
    "<s>",
    "</s>",
    "<s> ",
    "</s>x",
    "[/INST]</s>",
    "[INST]</s><s>x[/INST]",
    "<<SYS>>",
    "<|start_header_id|>",
    "<|eot_id|>",
    " ",
    "\n",
  ])("reads a prompt that repeats %o 200,000 times", { timeout: QUADRATIC_MS }, (marker) => {
    // also, a call with so many arguments would throw
    for (const start of [
      "",
      "[INST] x [/INST]",
      "[INST] x [/INST] y </s>",
      "<|start_header_id|>user<|end_header_id|>",
    ]) {
      for (const end of ["", "x"])
        expect(readPrompt(`${start}${marker.repeat(200_000)}${end}`)).not.toEqual([]);
    }
  });
});
