/**
 * `ok`; `warning`: it works, but something could be better or be missed later; `problem`: `cria "…"` would fail.
 */
export type Status = "ok" | "warning" | "problem";

/** One line of the report. */
export interface Finding {
  readonly status: Status;
  /** A short name, such as `processor`. */
  readonly name: string;
  /** What was found. */
  readonly text: string;
  /** What to do; undefined if nothing need be done. */
  readonly advice?: string;
}

/** Findings of one kind. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** What the checks look at. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Cria's folder. */
  readonly home: string;
  /** Whether to leave the network alone. */
  readonly offline: boolean;
}

export const ok = (name: string, text: string): Finding => ({ status: "ok", name, text });

export const warning = (name: string, text: string, advice: string): Finding => ({
  status: "warning",
  name,
  text,
  advice,
});

export const problem = (name: string, text: string, advice: string): Finding => ({
  status: "problem",
  name,
  text,
  advice,
});

/** A URL without its user, password and query, which may be secrets. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return "(set)";
  const { protocol, host, pathname } = new URL(url);
  return host === "" ? "(set)" : `${protocol}//${host}${pathname}`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
