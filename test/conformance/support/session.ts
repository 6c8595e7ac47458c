import { plainEnv } from "../../support/run-cli.js";
import { clientCommand } from "./client-command.js";
import type { Column } from "./columns.js";
import { CriaTarget } from "./cria-target.js";
import { LineClient } from "./line-client.js";
import { targetName } from "./target.js";

/** A client that runs, and what it asks. */
export interface Session {
  readonly client: LineClient;
  /** Undefined where the client asks Amazon. */
  readonly cria: CriaTarget | undefined;
}

const sessions = new Map<Column, Promise<Session>>();

/**
 * The session of a column: one for all the files of a run, as they share a process. It ends with that process: the server
 * with it, and the client at the end of its stdin.
 */
export function sessionOf(column: Column): Promise<Session> {
  const known = sessions.get(column);
  if (known) return known;
  const started = targetName === "aws" ? Promise.resolve(onAws(column)) : onCria(column);
  sessions.set(column, started);
  return started;
}

/** In the environment of whoever runs the tests, which says where Amazon is and who asks. */
function onAws(column: Column): Session {
  return { client: new LineClient(clientCommand(column), process.env), cria: undefined };
}

async function onCria(column: Column): Promise<Session> {
  const cria = await CriaTarget.start(column);
  return { client: new LineClient(clientCommand(column), cria.server.env(plainEnv())), cria };
}
