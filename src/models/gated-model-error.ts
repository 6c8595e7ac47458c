import { SourceError } from "./source-error.js";

/** The hub hands a model out only to those who accepted its licence there. */
export class GatedModelError extends SourceError {
  override readonly name = "GatedModelError";
  /**
   * @param page - where the licence is to be accepted
   * @param status - the HTTP status of the refusal
   */
  constructor(
    readonly page: string,
    readonly status: number,
  ) {
    super(
      `answered with HTTP status ${status}: its licence must be accepted first. Sign in at ${page} and accept it, then set ` +
        "HF_TOKEN to a token of that account that may read",
    );
  }
}
