import type { EngineImage, EngineMessage } from "../../engine.js";
import { EngineChatError } from "../../errors.js";
import { list, member, text } from "../json.js";

/**
 * A conversation as OpenAI's chat API has it: images as data URIs between the texts, calls and results of tools in their own members.
 *
 * @throws {EngineChatError} a tool's result has an image.
 */
export function openaiMessages(messages: readonly EngineMessage[]): readonly object[] {
  return messages.map((message) => {
    if (message.role === "tool") {
      return { role: "tool", tool_call_id: message.callId, content: resultText(message.content) };
    }
    if (message.role === "assistant") {
      const content = message.content.join("");
      if (message.calls.length === 0) return { role: "assistant", content };
      const calls = message.calls.map(({ id, name, inputJson }) => ({
        id,
        type: "function",
        function: { name, arguments: inputJson },
      }));
      return { role: "assistant", content: content === "" ? null : content, tool_calls: calls };
    }
    const { role, content } = message;
    // some templates take nothing but a string where there are no images
    if (content.every((part) => typeof part === "string")) return { role, content: content.join("") };
    return { role, content: content.map(openaiPart) };
  });
}

function openaiPart(part: string | EngineImage): object {
  if (typeof part === "string") return { type: "text", text: part };
  return { type: "image_url", image_url: { url: `data:image/${part.format};base64,${base64(part)}` } };
}

/** The text of a tool's result. @throws {EngineChatError} it has an image. */
export function resultText(content: readonly (string | EngineImage)[]): string {
  return content
    .map((part) => {
      if (typeof part === "string") return part;
      throw new EngineChatError("an image in a tool's result");
    })
    .join("");
}

/** The image as servers take it in JSON. */
export function base64({ bytes }: EngineImage): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** What a chunk of a chat says. A server that was started to tell reasoning apart has that elsewhere; it is the model's text all the same. */
export function saidIn(delta: unknown): string {
  return ["reasoning_content", "reasoning", "thinking", "content"]
    .map((name) => text(member(delta, name)) ?? "")
    .join("");
}

/** Why a chunk can't be read; undefined if it can. A server that was told of no tools makes no calls, whose text would be lost. */
export function unreadable(delta: unknown): string | undefined {
  return list(member(delta, "tool_calls")).length > 0
    ? "it made a call of a tool out of the answer's text"
    : undefined;
}
