/** One source of a model can't be used; the next one is tried. */
export class SourceError extends Error {
  override readonly name: string = "SourceError";
}
