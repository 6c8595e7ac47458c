import type { BedrockException } from "../errors/index.js";

/** A block that the model doesn't take. Only what the message needs that refuses it is kept. */
export interface UnsupportedBlock {
  readonly type: "unsupported";
  /** The member of the union that is set; undefined if none of the API's is. */
  readonly member: string | undefined;
  /**
   * The refusal of what is in the block, where the model takes blocks of this kind.
   *
   * @param at - the block's path, as Converse's messages name it, such as `messages.0.content.1`
   */
  readonly refuse?: ((at: string) => BedrockException) | undefined;
}
