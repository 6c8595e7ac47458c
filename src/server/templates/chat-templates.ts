import { createRequire } from "node:module";

import type { Chat, Part, ToolResultContent } from "../../bedrock/index.js";
import { EngineBusyError, EngineUnavailableError } from "../../engine/index.js";
import { Helper, HelperBusyError, HelperEndedError } from "../../platform/index.js";
import { ChatTemplateError, renderChatTemplate, type TemplateTokens } from "../../prompt/index.js";
import { isHarmless } from "./harmless.js";
import { HEAP_MIB, type Rendered, type RenderJob } from "./protocol.js";

/** Milliseconds that a template may take for one conversation. 8,192 messages take 0.7 to 1 s on a busy machine (measured). */
const RENDER_MS = 5_000;

/** After so many milliseconds without a conversation the process ends: it takes 53 MB, its start 0.2 s on a busy machine (measured). */
const IDLE_MS = 600_000;

/** How long a caller waits. */
export interface RenderOptions {
  /** When the wait for its turn ends at the latest, in ms since 1970. @default no limit */
  readonly deadline?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Renders conversations in the chat templates that model files carry, in a process of its own. A template is a program: in the server's
 * process, one that loops would hold up every stream, and one that fills the memory would end them.
 */
export class ChatTemplates {
  readonly #process = new Helper<RenderJob, Rendered>({
    // renderer.ts as it was built
    file: () => createRequire(import.meta.url).resolve("#template-renderer"),
    execArgv: [`--max-old-space-size=${HEAP_MIB}`, "--disallow-code-generation-from-strings"],
    deadlineMs: RENDER_MS,
    idleMs: IDLE_MS,
  });

  /**
   * Renders a conversation; {@link renderChatTemplate} says how.
   *
   * @throws {ChatTemplateError} the template can't be rendered, or takes more time or memory than it may.
   * @throws {EngineBusyError} other conversations are being rendered, for too long.
   * @throws {EngineUnavailableError} the process was ended from outside.
   * @throws `signal.reason` once aborted.
   */
  async render(
    template: string,
    chat: Chat,
    { bosToken, eosToken }: TemplateTokens,
    { deadline, signal }: RenderOptions = {},
  ): Promise<string> {
    const tokens = { bosToken, eosToken };
    // a process takes a quarter of the time until `cria "…"` prints its first text (measured)
    if (isHarmless(template, chat)) return renderChatTemplate(template, chat, tokens);
    const job = { template, chat: withoutFiles(chat), tokens };
    const rendered = await this.#process.ask(job, { turnBy: deadline, signal }).catch((error: unknown) => {
      throw explain(error);
    });
    if ("refused" in rendered) throw new ChatTemplateError(rendered.refused);
    return rendered.prompt;
  }

  /** Ends the process. Resolves once it's gone. */
  close(): Promise<void> {
    return this.#process.close();
  }
}

function explain(error: unknown): unknown {
  const options = { cause: error };
  if (error instanceof HelperBusyError) {
    return new EngineBusyError("Other conversations are being rendered.", options);
  }
  if (!(error instanceof HelperEndedError)) return error;
  if (error.why === "killed") {
    return new EngineUnavailableError(
      "The process that renders chat templates was ended. It is being restarted.",
      false,
      options,
    );
  }
  const limit = error.why === "late" ? `${RENDER_MS / 1000} s` : `${HEAP_MIB} MiB of memory`;
  return new ChatTemplateError(`it takes more than ${limit} for this conversation.`, options);
}

/** The same conversation without the bytes of images and documents, which no prompt has. */
function withoutFiles(chat: Chat): Chat {
  const emptied = <T extends Part | ToolResultContent>(part: T): T =>
    part.type === "image" || part.type === "document" ? { ...part, bytes: NO_BYTES } : part;
  return {
    ...chat,
    messages: chat.messages.map((message) => ({
      ...message,
      parts: message.parts.map((part) =>
        part.type === "toolResult" ? { ...part, content: part.content.map(emptied) } : emptied(part),
      ),
    })),
  };
}

const NO_BYTES = new Uint8Array();
