/** The server was to be reachable from other machines, and nobody said that this is meant. */
export class RemoteHostRefusedError extends Error {
  override readonly name = "RemoteHostRefusedError";
  constructor(readonly host: string) {
    super(
      `${host} isn't a loopback address: anyone who can reach this machine could use the model, since credentials aren't checked. ` +
        "If that is meant, say so (`allowRemote: true`, or `--allow-remote` on the command line).",
    );
  }
}
