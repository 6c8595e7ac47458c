/** There is no key of that id. */
export class UnknownKeyError extends Error {
  override readonly name = "UnknownKeyError";
  /** @param file - where it was looked for */
  constructor(
    readonly accessKeyId: string,
    readonly file: string,
  ) {
    super(`There is no key ${accessKeyId} in ${file}. \`cria keys list\` shows those that there are.`);
  }
}
