import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import { authSettings } from "../../../src/cli/commands/auth-options.js";
import { UsageError } from "../../../src/cli/errors.js";
import { main } from "../../../src/cli/main.js";
import { openKeys } from "../../../src/server/access/key-source.js";
import { emptyFolder } from "../../support/folder.js";
import { needsPosix } from "../../support/platform.js";

/** Runs `cria keys …` in this process. */
async function cria(...args: readonly string[]) {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((part) => {
      written[name] += String(part);
      return true;
    }),
  );
  try {
    return { code: await main(["node", "cria", "keys", ...args]), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const newFile = async () => join(await emptyFolder(), "keys.json");

interface Created {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly apiKey: string;
  readonly expiresAt?: string;
}

describe("cria keys create", () => {
  it.each([
    [
      "powershell",
      /^\$env:AWS_ACCESS_KEY_ID = 'CRIA.*'$/m,
      /^Remove-Item .*Env:AWS_PROFILE/m,
      /^# \$env:AWS_BEARER/m,
    ],
    [
      "fish",
      /^set -gx AWS_ACCESS_KEY_ID CRIA\w+$/m,
      /^set -e (?:\w+ )*AWS_PROFILE\b/m,
      /^# set -gx AWS_BEARER/m,
    ],
    ["cmd", /^set "AWS_ACCESS_KEY_ID=CRIA.*"$/m, /^set "AWS_PROFILE="$/m, /^rem set "AWS_BEARER/m],
  ] as const)("prints lines of %s", async (shell, ...lines) => {
    const { code, stdout } = await cria("create", "--shell", shell, "--keys-file", await newFile());
    expect(code).toBe(0);
    for (const line of lines) expect(stdout).toMatch(line);
    expect(stdout).not.toMatch(/export|unset/);
  });

  it("names the shells that it knows", async () => {
    const { code, stderr } = await cria("create", "--shell", "nushell", "--keys-file", await newFile());
    expect(code).toBe(2);
    expect(stderr).toMatch(/posix, fish, powershell, cmd/);
  });

  it("says on Windows that the file is as private as its folder, if the folder isn't the user's own", async () => {
    const file = await newFile();
    const platform = vi.spyOn(process, "platform", "get").mockReturnValue("linux");
    try {
      expect((await cria("create", "--keys-file", file)).stderr).not.toMatch(/permissions/);
      platform.mockReturnValue("win32");
      expect((await cria("create", "--keys-file", file)).stderr).toMatch(/has the permissions of its folder/);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it.for([
    ["an access key", []],
    ["an access key with a session token", ["--session"]],
  ] as const)(
    "prints lines that set %s in a shell and unset what an SDK would prefer",
    async ([, options], context) => {
      needsPosix(context, "Windows has no /bin/sh.");
      const file = await newFile();
      const { code, stdout, stderr } = await cria("create", ...options, "--keys-file", file);
      expect(code).toBe(0);
      const show = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "BEARER_TOKEN_BEDROCK", "PROFILE"];
      const shown = execFileSync(
        "/bin/sh",
        ["-c", `${stdout}\n${show.map((name) => `echo "$AWS_${name}"`).join("\n")}`],
        {
          encoding: "utf8",
          env: { AWS_BEARER_TOKEN_BEDROCK: "old", AWS_SESSION_TOKEN: "old", AWS_PROFILE: "old" },
        },
      );
      const [id = "", secret, token, bearer, profile] = shown.split("\n");
      const { accessKeys } = await (await openKeys({ file, env: {} })).current();
      expect(accessKeys.get(id)).toMatchObject({
        secretAccessKey: secret,
        sessionToken: token === "" ? undefined : token,
      });
      expect(token === "").toBe(options.length === 0);
      expect([bearer, profile]).toEqual(["", ""]);
      expect(stdout).toMatch(/^# export AWS_BEARER_TOKEN_BEDROCK=cria-api-key-[\w-]{43}$/mu);
      expect(stderr).toContain(`${id} in ${file}`);
    },
  );

  it("prints the whole key as JSON with --json", async () => {
    const file = await newFile();
    const { stdout } = await cria(
      "create",
      "--session",
      "--expires-in",
      "15m",
      "--json",
      "--keys-file",
      file,
    );
    const created = JSON.parse(stdout) as Created;
    expect(Object.keys(created)).toEqual([
      "accessKeyId",
      "secretAccessKey",
      "sessionToken",
      "apiKey",
      "expiresAt",
      "keysFile",
    ]);
    const minutes = (Date.parse(created.expiresAt ?? "") - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(14);
    expect(minutes).toBeLessThanOrEqual(15);
  });

  it.each([
    [["--expires-in", "12"], "12h"],
    [["--expires-in", "0s"], "12h"],
    [["--expires-in", "4000d"], "3650d"],
    [["--name", ""], "1 to 64 characters"],
    [["--name", "\u001b[2J"], "1 to 64 characters"],
    [["--name", "x".repeat(65)], "1 to 64 characters"],
  ])("refuses %j", async (options, hint) => {
    const { code, stdout, stderr } = await cria("create", ...options, "--keys-file", await newFile());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(hint);
  });
});

describe("cria keys list and rm", () => {
  it("list the keys without their secrets, and remove them", async () => {
    const file = await newFile();
    const create = async (...options: string[]) =>
      JSON.parse((await cria("create", "--json", "--keys-file", file, ...options)).stdout) as Created;
    const laptop = await create("--name", "my laptop");
    const ci = await create("--session");
    const { stdout } = await cria("list", "--keys-file", file);
    const [first = "", second = ""] = stdout.split("\n");
    expect(first).toMatch(
      new RegExp(`^${laptop.accessKeyId}  \\d{4}-\\d\\d-\\d\\d  no expiry .* my laptop$`, "u"),
    );
    expect(second).toMatch(
      new RegExp(`^${ci.accessKeyId}  \\d{4}-\\d\\d-\\d\\d  until \\S+Z  session$`, "u"),
    );
    for (const { secretAccessKey, apiKey } of [laptop, ci]) {
      expect(stdout).not.toContain(secretAccessKey);
      expect(stdout).not.toContain(apiKey);
    }

    expect(await cria("rm", laptop.accessKeyId, "--keys-file", file)).toMatchObject({ code: 0, stdout: "" });
    const listed = await cria("list", "--json", "--keys-file", file);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { accessKeyId: ci.accessKeyId, session: true, expired: false },
    ]);

    const again = await cria("rm", laptop.accessKeyId, "--keys-file", file);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("cria keys list");
  });

  it("say how to create a key if there is none", async () => {
    const { code, stdout, stderr } = await cria("list", "--keys-file", await newFile());
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("cria keys create");
  });
});

it("without a subcommand, prints the subcommands and exits 2", async () => {
  const { code, stderr } = await cria();
  expect(code).toBe(2);
  for (const word of ["create", "list", "rm"]) expect(stderr).toContain(word);
});

it("--keys-file implies --auth keys", () => {
  expect(authSettings({})).toEqual({});
  expect(authSettings({ auth: "none" })).toEqual({ auth: "none" });
  expect(authSettings({ keysFile: "k.json" })).toEqual({ auth: "keys", keysFile: "k.json" });
  expect(authSettings({ auth: "keys", keysFile: "k.json" })).toEqual({ auth: "keys", keysFile: "k.json" });
  expect(() => authSettings({ auth: "none", keysFile: "k.json" })).toThrow(UsageError);
});
