/** Something else listens on the port already. */
export class PortInUseError extends Error {
  override readonly name = "PortInUseError";
  constructor(
    readonly host: string,
    readonly port: number,
    options?: ErrorOptions,
  ) {
    super(
      `Port ${port} on ${host} is in use, perhaps by another Cria. Choose another one, or 0 for any free one.`,
      options,
    );
  }
}
