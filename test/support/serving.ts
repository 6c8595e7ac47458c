import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { emptyFolder } from "./folder.js";
import { plainEnv, type Running, start, startCli } from "./run-cli.js";

const WINDOWS = process.platform === "win32";

/** What a program left behind. */
export interface Ended {
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `cria serve`. */
export interface Serving {
  readonly cli: Running;
  readonly url: string;
  /**
   * Runs a program in a shell into which the printed lines were pasted: `/bin/sh`, on Windows `cmd`.
   *
   * @param unset - variables that are unset after these lines
   */
  readonly paste: (words: readonly string[], unset?: readonly string[]) => Promise<Ended>;
}

/** Starts the built `cria serve` on a free port, and waits until it's ready. */
export async function startServing(
  options: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Serving> {
  const shell = WINDOWS ? "cmd" : "posix";
  const cli = startCli(["serve", "--port", "0", "--shell", shell, ...options], { env });
  // the variables to unset come last
  await cli.until("stdout", WINDOWS ? /^set "\w+="\n/mu : /^unset .*\n/mu);
  return {
    cli,
    url: /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=([^\s"]+)/u.exec(cli.stdout)?.[1] ?? "",
    paste: async (words, unset = []) => {
      const command = words.map((word) => `"${word}"`).join(" ");
      const running = WINDOWS
        ? await startBatchFile([
            "@echo off",
            ...cli.stdout.trimEnd().split("\n"),
            ...unset.map((name) => `set "${name}="`),
            command,
            "exit %ERRORLEVEL%",
          ])
        : start(
            "/bin/sh",
            ["-c", [cli.stdout, ...unset.map((name) => `unset ${name}`), `exec ${command}`].join("\n")],
            { env: plainEnv() },
          );
      const code = await running.ended;
      return { code, stdout: running.stdout, stderr: running.stderr };
    },
  };
}

async function startBatchFile(lines: readonly string[]): Promise<Running> {
  const file = join(await emptyFolder(), "pasted.cmd");
  await writeFile(file, lines.map((line) => `${line}\r\n`).join(""));
  return start("cmd.exe", ["/d", "/c", file], { env: plainEnv() });
}
