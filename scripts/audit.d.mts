/** A known flaw of a package. */
export interface Flaw {
  readonly name: string;
  readonly level: string;
  readonly title: string;
}

export function isAllowed(expression: string): boolean;

export function doubtfulLicences(
  lock: {
    readonly packages: Readonly<
      Record<string, { readonly version?: string; readonly license?: string; readonly dev?: boolean }>
    >;
  },
  exceptions?: Readonly<Record<string, { readonly license: string }>>,
): string[];

export function knownFlaws(
  folder: string,
  flags?: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<{ readonly flaws: readonly Flaw[] } | { readonly skipped: string }>;
