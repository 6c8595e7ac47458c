import type { Reply } from "../reply.js";
import type { ServerRequest } from "../request.js";
import type { Services } from "../services.js";

/** An operation of the API: its name, its route, and its code. Headers, request ids and frames are written elsewhere. */
export interface Operation {
  /** As AWS spells it. */
  readonly name: string;
  readonly method: "GET" | "POST";
  /** With `:id` in place of a model's or profile's id. */
  readonly path: string;
  /** Whether the operation needs no key and is never throttled: for Cria's own operations. @default false */
  readonly open?: boolean;
  /**
   * Answers one request.
   *
   * @throws {BedrockException} Bedrock would refuse the request.
   * @throws errors that `to-exception.ts` turns into Bedrock's exceptions.
   */
  run(request: ServerRequest, services: Services): Promise<Reply>;
}
