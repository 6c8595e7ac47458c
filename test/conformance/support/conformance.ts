import { afterAll, describe, it } from "vitest";

import type { Answer, Input } from "./answer.js";
import { whyNotRun } from "./client-command.js";
import { columns, titleOf, type Column } from "./columns.js";
import type { CriaTarget, Scene } from "./cria-target.js";
import type { Fact } from "./facts.js";
import { has, type Operation } from "./operations.js";
import { ResultBook } from "./results.js";
import { SdkFlawError, withoutFlaw } from "./sdk-flaw-error.js";
import { sessionOf } from "./session.js";
import { targetName, whyNoTarget } from "./target.js";

/** How often a case is run if it fails because of a bug in the SDK: three failures in a row aren't a coincidence. */
const MAX_TRIES = 3;

/** The context of a case for both targets. */
export interface Case {
  readonly column: Column;
  /** Undefined if the target is AWS. It has no faults, and answers with `hello`. */
  readonly cria: CriaTarget | undefined;
  /** Calls the operation of the file. */
  readonly ask: (input: Input, options?: { readonly stopAfter?: number }) => Promise<Answer>;
  /** Calls another operation. */
  readonly call: (operation: Operation, input: Input) => Promise<Answer>;
  /** Records the SDK's behaviour for the table. */
  readonly observe: (fact: Fact, what: string) => void;
}

/** The context of a case for Cria only. */
export interface CriaCase extends Case {
  readonly cria: CriaTarget;
}

/** Adds cases to a column. */
export interface Cases {
  /** Adds a case for both targets. */
  both(name: string, run: (on: Case) => Promise<void>): void;
  /** Adds a case for Cria only: faults can't be injected into AWS. */
  cria(name: string, scene: Scene, run: (on: CriaCase) => Promise<void>): void;
}

/**
 * Runs an operation's cases in every column that can be run here. The columns run in parallel, since most of the time is
 * spent in the SDKs' pauses before a retry; each has its own server and client.
 *
 * @param name - the name of the file's results. @default the operation's name, which is its row in the table
 */
export function conformance(
  operation: Operation,
  define: (cases: Cases, column: Column) => void,
  { name = operation }: { readonly name?: string } = {},
): void {
  const why = whyNoTarget();
  if (why !== undefined) {
    it(name, (context) => context.skip(why));
    return;
  }
  const book = new ResultBook();
  for (const column of columnsToRun(operation)) {
    describe.concurrent(titleOf(column), () => define(casesOf(operation, column, book), column));
  }
  afterAll(() => book.save(name));
}

/** The columns that support the operation and can be run here. */
export function columnsToRun(operation: Operation): readonly Column[] {
  return columns.filter((column) => has(column.sdk, operation) && isRun(column));
}

function isRun(column: Column): boolean {
  const { language, onAws } = column;
  if (whyNotRun(language) !== undefined) return false;
  return targetName === "cria" || onAws;
}

function casesOf(operation: Operation, column: Column, book: ResultBook): Cases {
  const title = titleOf(column);

  const caseOf = async (scene: Scene): Promise<Case> => {
    const { client, cria } = await sessionOf(column);
    cria?.play(scene);
    return {
      column,
      cria,
      ask: async (input, options) => withoutFlaw(column, await client.ask({ operation, input, ...options })),
      call: async (other, input) => withoutFlaw(column, await client.ask({ operation: other, input })),
      observe: (fact, what) => book.observe(title, fact, what),
    };
  };

  const add = (name: string, run: () => Promise<void>) => {
    book.expectCase(title);
    // a client makes one call after the other
    it(name, { concurrent: false }, async (context) => {
      book.note(title, name, "failed");
      for (let tries = MAX_TRIES; ; tries -= 1) {
        try {
          await run();
          break;
        } catch (error) {
          if (!(error instanceof SdkFlawError) || tries === 1) throw error;
          await context.annotate(`run again: ${error.message}`);
        }
      }
      book.note(title, name, "passed");
    });
  };

  return {
    both: (name, run) => add(name, async () => run(await caseOf({}))),
    cria(name, scene, run) {
      if (targetName === "aws") {
        it(name, (context) => context.skip("only Cria can do this on request"));
        return;
      }
      add(name, async () => {
        const made = await caseOf(scene);
        if (!made.cria) throw new Error("This case needs Cria.");
        await run({ ...made, cria: made.cria });
      });
    },
  };
}
