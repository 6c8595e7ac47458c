import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Fact } from "./facts.js";

const folder = fileURLToPath(new URL("../../../.cache/conformance/results", import.meta.url));

export type Outcome = "passed" | "failed";

/** The result of one column of one file. */
export interface ColumnResult {
  /** `failed` if a case failed; undefined if not every case was run. */
  readonly outcome: Outcome | undefined;
  /** The observed behaviour. */
  readonly observed: Partial<Record<Fact, string>>;
}

/** By the title of the column. */
export type Results = Readonly<Record<string, ColumnResult>>;

interface ColumnNotes {
  cases: number;
  readonly outcomes: Map<string, Outcome>;
  readonly observed: Partial<Record<Fact, string>>;
}

/** Collects the results of one file's columns, and stores them for the table. */
export class ResultBook {
  readonly #columns = new Map<string, ColumnNotes>();

  /** Registers a case of the column: the column has no outcome until the case is run. */
  expectCase(title: string): void {
    this.#column(title).cases += 1;
  }

  note(title: string, name: string, outcome: Outcome): void {
    this.#column(title).outcomes.set(name, outcome);
  }

  observe(title: string, fact: Fact, what: string): void {
    this.#column(title).observed[fact] = what;
  }

  /** @param name - the operation's, or another file's */
  save(name: string): void {
    mkdirSync(folder, { recursive: true });
    const results = Object.fromEntries(
      [...this.#columns].map(([title, { cases, outcomes, observed }]) => {
        const failed = [...outcomes.values()].includes("failed");
        const outcome = outcomes.size < cases ? undefined : failed ? "failed" : "passed";
        return [title, { outcome, observed }];
      }),
    );
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(results));
  }

  #column(title: string): ColumnNotes {
    const known = this.#columns.get(title);
    if (known) return known;
    const made: ColumnNotes = { cases: 0, outcomes: new Map(), observed: {} };
    this.#columns.set(title, made);
    return made;
  }
}

/** The results stored so far by the files of this run, by name. */
export function readResults(): ReadonlyMap<string, Results> {
  mkdirSync(folder, { recursive: true });
  return new Map(
    readdirSync(folder).map((file) => [
      file.replace(/\.json$/u, ""),
      JSON.parse(readFileSync(join(folder, file), "utf8")) as Results,
    ]),
  );
}

/** Deletes the results of an earlier run. */
export function clearResults(): void {
  rmSync(folder, { recursive: true, force: true });
}
