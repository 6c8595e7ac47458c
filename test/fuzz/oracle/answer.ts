/** A complete response. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** @param name - in lower case */
export function headerOf({ headers }: Answer, name: string): string | undefined {
  return headers.find(([key]) => key === name)?.[1];
}
