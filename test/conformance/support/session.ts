import { plainEnv } from "../../support/run-cli.js";
import { clientCommand } from "./client-command.js";
import type { Column } from "./columns.js";
import { CriaTarget } from "./cria-target.js";
import { identify, identities, type Identity } from "./keys.js";
import { LineClient } from "./line-client.js";
import { targetName } from "./target.js";

/** A running client and its target. */
export interface Session {
  readonly client: LineClient;
  /** Undefined if the client calls AWS. */
  readonly cria: CriaTarget | undefined;
}

const sessions = new Map<Column, Promise<Session>>();

/**
 * The session of a column, shared by all files of a run, since they run in one process. The server ends with that process,
 * and the client at the end of its stdin.
 */
export function sessionOf(column: Column): Promise<Session> {
  const known = sessions.get(column);
  if (known) return known;
  const started = startSession(column);
  sessions.set(column, started);
  return started;
}

/** Another client for a column's server, with another identity. The caller closes it. */
export function startClient(column: Column, cria: CriaTarget | undefined, identity: Identity): LineClient {
  const env = cria ? cria.server.env(plainEnv()) : process.env;
  return new LineClient(clientCommand(column), identify(env, identity));
}

async function startSession(column: Column): Promise<Session> {
  if (targetName === "aws") {
    // in the environment of the test run, which has AWS's region and credentials
    return { client: new LineClient(clientCommand(column), process.env), cria: undefined };
  }
  const cria = await CriaTarget.start(column);
  return { client: startClient(column, cria, identities.key), cria };
}
