/** Only those with a key may call, and there is none. */
export class NoKeysError extends Error {
  override readonly name = "NoKeysError";
  /** @param file - where keys were looked for, beside the environment */
  constructor(readonly file: string) {
    super(
      `There are no keys, so nobody could call: ${file} has none, and neither has the environment. ` +
        "Make one with `cria keys create`, or set CRIA_ACCESS_KEY_ID and CRIA_SECRET_ACCESS_KEY, or CRIA_API_KEY; " +
        'or let anyone call: `--auth none` (`auth: "none"`).',
    );
  }
}
