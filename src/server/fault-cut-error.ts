/** The connection is to be cut: a fault that was asked for. */
export class FaultCutError extends Error {
  override readonly name = "FaultCutError";
  constructor() {
    super("The connection was cut: a fault that was asked for.");
  }
}
