import type { Client } from "../../test/clients/clients.mjs";

/** How to start a client's program, or why it can't be installed. */
export type Installed =
  | { readonly command: readonly string[]; readonly cwd: string; readonly env: NodeJS.ProcessEnv }
  | { readonly why: string };

export function installClient(root: string, client: Client, env: NodeJS.ProcessEnv): Promise<Installed>;

export function installedClient(root: string, client: Client, env: NodeJS.ProcessEnv): Installed;
