import { clearedVariables, createKey, defaultKeyFile } from "../../server/index.js";
import type { CreateKeyOptions } from "../commands/keys.js";
import { ExitCode } from "../exit-code.js";
import { print, tell } from "../output.js";
import { shellLines } from "../shell-lines.js";

/** `cria keys create`: makes a key and prints how a program gets it. */
export async function createKeys(options: CreateKeyOptions): Promise<number> {
  const { keysFile = defaultKeyFile(), name, session, expiresIn, json } = options;
  const { stored, apiKey } = await createKey(keysFile, { name, session, expiresInMs: expiresIn });
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = stored;
  const told = { accessKeyId, secretAccessKey, sessionToken, apiKey, name, expiresAt, keysFile };
  await print(json ? `${JSON.stringify(told, undefined, 2)}\n` : lines(told));
  const until = expiresAt === undefined ? "" : ` It holds until ${expiresAt}.`;
  tell(`the key ${accessKeyId} is in ${keysFile}.${until} Its API key isn't shown again.`);
  return ExitCode.ok;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly apiKey: string;
}

/** What sets the pair in a shell, and nothing else there that an SDK would prefer. */
function lines({ accessKeyId, secretAccessKey, sessionToken, apiKey }: Credentials): string {
  const values = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  };
  const cleared = [...clearedVariables("none")].filter((name) => !Object.hasOwn(values, name));
  return [
    shellLines(values, cleared),
    "# Or the API key: an SDK sends it in place of a signature where it is set.\n",
    `# export AWS_BEARER_TOKEN_BEDROCK=${apiKey}\n`,
  ].join("");
}
