import type { Client } from "./clients.mjs";

/** The cases, in the order of the table's columns. */
export const cases: readonly string[];

/** The script, as `--script` takes it. */
export function scriptFor(client: Pick<Client, "structuredCall" | "toolPrefix">): readonly object[];
