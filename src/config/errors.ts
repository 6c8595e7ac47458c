/** What is wrong in a configuration file, and where. */
export interface ConfigProblem {
  /** From 1; absent if the file as a whole is meant. */
  readonly line?: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column?: number;
  /** What is wrong, and what to write: sentences. Never a value that may be secret. */
  readonly message: string;
}

/** Problems in the order of the file; those of the file as a whole come first. */
export function inOrder<P extends ConfigProblem>(problems: readonly P[]): readonly P[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** A configuration file that can't be used. The message has a line for each problem. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** @param file - as the user named it */
  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
    options?: ErrorOptions,
  ) {
    super([`${file} can't be used:`, ...problemLines(file, problems)].join("\n"), options);
  }
}

/** Whoever has mended so many reads the rest again. */
export const MOST_PROBLEMS = 50;

/** The first problems, a line each, and how many more there are. */
export function problemLines(file: string, problems: readonly ConfigProblem[]): readonly string[] {
  const lines = problems.slice(0, MOST_PROBLEMS).map((problem) => problemLine(file, problem));
  const rest = problems.length - lines.length;
  return rest === 0 ? lines : [...lines, `${file}: There are ${rest} more.`];
}

/** A problem as compilers write it: `cria.yaml:3:5: …`. */
function problemLine(file: string, { line, column, message }: ConfigProblem): string {
  return `${[file, line, column].filter((part) => part !== undefined).join(":")}: ${message}`;
}
