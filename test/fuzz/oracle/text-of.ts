import { MessageDecoder } from "../../../src/event-stream/index.js";
import type { Answer } from "./answer.js";

/** Members of the four operations' JSON that carry text. */
interface ResponseMembers {
  readonly generation?: string;
  readonly bytes?: string;
  readonly delta?: { readonly text: string };
  readonly output?: { readonly message: { readonly content: readonly { readonly text: string }[] } };
}

/** The text of any operation's response; a description of the response if it has none. */
export function textOf({ status, body }: Answer): string {
  if (status !== 200) return `${status} ${body.toString()}`;
  if (body[0] === 0x7b) return toldBy(body.toString());
  const decoder = new MessageDecoder();
  const messages = decoder.push(body);
  decoder.finish();
  return messages.map((message) => toldBy(Buffer.from(message.body).toString())).join("");
}

function toldBy(json: string): string {
  const { generation, bytes, delta, output } = JSON.parse(json) as ResponseMembers;
  if (bytes !== undefined) return toldBy(Buffer.from(bytes, "base64").toString());
  return generation ?? delta?.text ?? output?.message.content.map(({ text }) => text).join("") ?? "";
}
