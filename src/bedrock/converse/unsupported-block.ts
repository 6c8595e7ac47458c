import type { BedrockException } from "../errors/index.js";
import type { Role } from "../message.js";

/** A block that the model doesn't take. Only what the message needs that refuses it is kept. */
export interface UnsupportedBlock {
  readonly type: "unsupported";
  /** The member of the union that is set; undefined if none or several are. */
  readonly member: string | undefined;
  /**
   * The refusal, where the member alone doesn't say it.
   *
   * @param at - the block's path, as Converse's messages name it, such as `messages.0.content.1`
   * @param role - of the message
   */
  readonly refuse?: ((at: string, role: Role) => BedrockException) | undefined;
}

/** A block that the model doesn't take. The parameters are the members of {@link UnsupportedBlock}. */
export function unsupportedBlock(
  member: UnsupportedBlock["member"],
  refuse?: UnsupportedBlock["refuse"],
): UnsupportedBlock {
  return { type: "unsupported", member, refuse };
}
