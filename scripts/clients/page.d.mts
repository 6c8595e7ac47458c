import type { Client } from "../../test/clients/clients.mjs";

export interface Result {
  readonly case: string;
  readonly result: "works" | "refused" | "no such mode" | "failed";
  readonly detail: string | null;
}

/** A client's results by case, or why it couldn't be installed. */
export type Row = { readonly client: Client; readonly version?: string | undefined } & (
  | { readonly results: Readonly<Record<string, Result>>; readonly why?: undefined }
  | { readonly why: string; readonly results?: undefined }
);

export function page(
  rows: readonly Row[],
  about: { readonly version: string; readonly date: string },
): string;
