import type { OperationName } from "./sdk-members.js";

/** The members of some operations' requests. */
export interface Section {
  readonly title: string;
  readonly operations: readonly OperationName[];
  readonly rows: readonly Row[];
}

/** What Cria does with a member. */
export interface Row {
  /** As `ApiMember.path`. */
  readonly member: string;
  /** Whether the row is for all members below it too. */
  readonly below?: boolean;
  readonly does: "used" | "checked" | "echoed" | "refused";
  /** Anything else that a reader should know. */
  readonly note?: string;
  /** Requests that show it. */
  readonly cases: readonly Case[];
}

export interface Case {
  /** What is special about the request, for a reader. */
  readonly when?: string;
  /** The members that it sends. In the body they replace those of a minimal request. */
  readonly sends: Readonly<Record<string, unknown>>;
  /** An id of the model. @default one that takes tools, images and documents */
  readonly model?: string;
  /** @default all operations of the section */
  readonly only?: readonly OperationName[];
  /** The refusal that follows. */
  readonly refusal?: Refusal;
  /** Otherwise what the answer's body or headers contain, */
  readonly answers?: string;
  /** and what the engine gets. */
  readonly engine?: Readonly<Record<string, unknown>>;
  /** A part of the prompt that the engine gets. */
  readonly prompt?: string;
}

export interface Refusal {
  /** @default 400 */
  readonly status?: number;
  /** @default "ValidationException" */
  readonly type?: string;
  readonly message: string;
  /** How it is known. */
  readonly known: string;
}

export const sections: readonly Section[];
