import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { emptyFolder } from "../support/folder.js";
import { needsPosix } from "../support/platform.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What is run, with what it says on stderr. */
async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const { runToEnd } = await import("../../src/cli/run-to-end.js");
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const code = await runToEnd(command, args, env);
  return { code, said: write.mock.calls.map(([text]) => String(text)).join("") };
}

// in a file of its own: cross-spawn looks at the platform when it's loaded
describe("on Windows, as far as Linux can show it", () => {
  beforeEach((context) => needsPosix(context, "Windows runs no shell script in a program's place."));
  /** A `cmd.exe` of the test's own, which notes its arguments and exits 5, beside batch files. */
  async function windows() {
    const folder = await emptyFolder();
    const [cmd, called] = [join(folder, "cmd.exe"), join(folder, "called")];
    await writeFile(cmd, `#!/bin/sh\nprintf '%s\\n' "$@" > '${called}'\nexit 5\n`);
    await chmod(cmd, 0o755);
    await writeFile(join(folder, "tool.cmd"), "@echo off");
    vi.stubEnv("comspec", cmd);
    vi.spyOn(process, "platform", "get").mockReturnValue("win32");
    return { called, env: { PATH: folder, PATHEXT: ".EXE;.CMD" } };
  }

  it.each(["tool", "tool.cmd"])(
    "%s is a batch file, which cmd runs with every argument intact",
    async (name) => {
      const { called, env } = await windows();
      expect(await run(name, ["a b", "50%", 'say "x"', "c&d"], env)).toEqual({ code: 5, said: "" });
      const [...words] = (await readFile(called, "utf8")).trim().split("\n");
      expect(words.slice(0, 3)).toEqual(["/d", "/s", "/c"]);
      // cmd takes ^ away once
      expect(words[3]?.replaceAll("^", "")).toMatch(/tool(?:\.cmd)? "a b" "50%" "say \\"x\\"" "c&d""$/i);
    },
  );
});
