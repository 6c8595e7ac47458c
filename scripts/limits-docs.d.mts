/** A bound, as it stands in src. */
export interface Bound {
  readonly name: string;
  /** Below src. */
  readonly file: string;
  readonly value: number;
  /** Its documentation, in Markdown. */
  readonly what: string;
  /** The comment beside its default, in Markdown. */
  readonly why: string;
}
export const elsewhere: readonly string[];
export function readBounds(): readonly { readonly title: string; readonly bounds: readonly Bound[] }[];
export function filesWithoutTable(): readonly string[];
export function renderLimits(): string;
export function written(name: string, value: number): string;
