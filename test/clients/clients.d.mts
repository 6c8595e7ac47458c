/** A row of the table in docs/clients.md. */
export interface Client {
  /** The word that selects it on the command line. */
  readonly name: string;
  /** As the table names it. */
  readonly title: string;
  readonly language: "python" | "javascript" | "java";
  /** Its folder below test/clients/<language>, which holds its pinned packages. */
  readonly folder: string;
  /** The program in that folder; for Java its main class. */
  readonly program: string;
  /** The tool that its structured output is a call of; without it, the model answers with JSON. */
  readonly structuredCall?: string;
  /** What it puts before the names of tools. */
  readonly toolPrefix?: string;
  /** For a case that fails by the framework's own fault: what that is, in a sentence. */
  readonly faults?: Readonly<Record<string, string>>;
  /** How the case `plain` ends for a client that can't ask for a Llama. @default "works" */
  readonly plain?: "refused" | "no such mode";
  /** How to point it at Cria. */
  readonly pointing: string;
  /** What readers should know, each a sentence. */
  readonly notes?: readonly string[];
}

export const clients: readonly Client[];
