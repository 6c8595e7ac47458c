import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Fact } from "./facts.js";

const folder = fileURLToPath(new URL("../../../.cache/conformance/results", import.meta.url));

export type Outcome = "passed" | "failed";

/** What a run found out about one column of one file. */
export interface ColumnResult {
  /** Failed where one case did; undefined where not every case was run. */
  readonly outcome: Outcome | undefined;
  /** What its user saw. */
  readonly observed: Partial<Record<Fact, string>>;
}

/** By the title of the column. */
export type Results = Readonly<Record<string, ColumnResult>>;

interface ColumnNotes {
  cases: number;
  readonly outcomes: Map<string, Outcome>;
  readonly observed: Partial<Record<Fact, string>>;
}

/** Collects the cases of one file's columns, and leaves them for the table. */
export class ResultBook {
  readonly #columns = new Map<string, ColumnNotes>();

  /** Says that a case belongs to the column: until it was run the column has no outcome. */
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

/** What the files of this run have left so far, by name. */
export function readResults(): ReadonlyMap<string, Results> {
  mkdirSync(folder, { recursive: true });
  return new Map(
    readdirSync(folder).map((file) => [
      file.replace(/\.json$/u, ""),
      JSON.parse(readFileSync(join(folder, file), "utf8")) as Results,
    ]),
  );
}

/** Forgets what an earlier run has left. */
export function clearResults(): void {
  rmSync(folder, { recursive: true, force: true });
}
