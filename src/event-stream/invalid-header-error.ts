/** A header can't be written: its name or its value is outside what the format can carry. */
export class InvalidHeaderError extends Error {
  override readonly name = "InvalidHeaderError";
  /**
   * @param header - the header's name
   * @param reason - what is wrong with it, to follow "The header … has"
   */
  constructor(
    readonly header: string,
    readonly reason: string,
  ) {
    super(`The event-stream header ${JSON.stringify(header.slice(0, 64))} has ${reason}.`);
  }
}
