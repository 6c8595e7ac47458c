import type { Reply } from "../reply.js";
import type { ServerRequest } from "../request.js";
import type { Services } from "../services.js";

/** An operation of the API: what it's called, where it is, and what it does. It writes no header, no request id and no frame. */
export interface Operation {
  /** As AWS names it. */
  readonly name: string;
  readonly method: "GET" | "POST";
  /** With `:id` where a model or a profile is named. */
  readonly path: string;
  /** Whether anybody may call it, keys or not, and however busy the server is: one of Cria's own. @default false */
  readonly open?: boolean;
  /**
   * Answers one request.
   *
   * @throws {BedrockException} what Bedrock would refuse.
   * @throws what becomes an exception of Bedrock's by `to-exception.ts`.
   */
  run(request: ServerRequest, services: Services): Promise<Reply>;
}
