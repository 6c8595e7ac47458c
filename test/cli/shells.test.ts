import { execFileSync, spawnSync } from "node:child_process";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { commentLine, quote, setLine, shellInUse, shellLines } from "../../src/cli/shells.js";
import { needsPosix } from "../support/platform.js";

it("a shell reads back the same values", (context) => {
  needsPosix(context, "Windows has no /bin/sh.");
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
      (value) => {
        const script = `${shellLines({ CRIA_TEST: value }, ["HOME", "CDPATH"], "posix")}printf '%s' "$CRIA_TEST\${HOME-, none}"`;
        expect(execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" })).toBe(`${value}, none`);
      },
    ),
    { numRuns: 30 },
  );
});

describe("lines of fish", () => {
  it("set and unset variables", () => {
    expect(
      shellLines({ AWS_REGION: "us-east-1", A: "it's a\\b" }, ["AWS_PROFILE", "AWS_ROLE_ARN"], "fish"),
    ).toBe("set -gx AWS_REGION us-east-1\nset -gx A 'it\\'s a\\\\b'\nset -e AWS_PROFILE AWS_ROLE_ARN\n");
  });

  it("are read back by fish as the same values, and unset what is set and what isn't", (context) => {
    if (spawnSync("fish", ["--version"]).status !== 0) context.skip("fish isn't installed");
    const values = [
      "plain",
      "it's",
      "a\\b\\\\c\\'",
      'say "$HOME"',
      "~/x %self *.{a,b} (ls)",
      "line\nend\n",
      "ü 日本 -n",
    ];
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"))),
        (more) => {
          const all = [...values, ...more];
          const set = Object.fromEntries(all.map((value, index) => [`CRIA_${index}`, value]));
          const show = all.map((_, index) => `string escape --style=url -- "$CRIA_${index}"`).join("\n");
          const script = `${shellLines(set, ["CRIA_REAL", "CRIA_ABSENT"], "fish")}${show}\nset -q CRIA_REAL; and echo real`;
          const env = { ...process.env, CRIA_REAL: "secret" };
          const { stdout, stderr } = spawnSync("fish", ["--no-config", "-c", script], {
            encoding: "utf8",
            env,
          });
          expect(stderr).toBe("");
          expect(stdout.replace(/\n$/u, "").split("\n").map(decodeURIComponent)).toEqual(all);
        },
      ),
      { numRuns: 10 },
    );
  });
});

it("leaves plain values unquoted", () => {
  expect(
    shellLines(
      { AWS_REGION: "us-east-1", URL: "http://127.0.0.1:2742" },
      ["AWS_PROFILE", "AWS_SESSION_TOKEN"],
      "posix",
    ),
  ).toBe(
    "export AWS_REGION=us-east-1\nexport URL=http://127.0.0.1:2742\nunset AWS_PROFILE AWS_SESSION_TOKEN\n",
  );
});

describe("lines of PowerShell", () => {
  it("set and unset variables", () => {
    expect(
      shellLines(
        { AWS_REGION: "us-east-1", FILE: "C:\\a b\\c.pem" },
        ["AWS_PROFILE", "AWS_ROLE_ARN"],
        "powershell",
      ),
    ).toBe(
      "$env:AWS_REGION = 'us-east-1'\n$env:FILE = 'C:\\a b\\c.pem'\n" +
        "Remove-Item Env:AWS_PROFILE, Env:AWS_ROLE_ARN -ErrorAction SilentlyContinue\n",
    );
  });

  it("double every quotation mark that PowerShell takes for one, and keep the rest", () => {
    expect(setLine("A", 'it\'s ‘so’ $x `y "z" 100%', "powershell")).toBe(
      "$env:A = 'it''s ‘‘so’’ $x `y \"z\" 100%'",
    );
  });

  it("quote a word only if it needs it", () => {
    expect(quote("C:\\models\\a.gguf", "powershell")).toBe("C:\\models\\a.gguf");
    for (const word of ["C:\\my models\\a.gguf", "-Dx=y", "a;b", "$x", "@x", ""])
      expect(quote(word, "powershell")).toBe(`'${word}'`);
  });

  it("are comments after #", () => {
    expect(commentLine("text", "powershell")).toBe("# text");
  });
});

describe("lines of cmd", () => {
  it("set and unset variables, with what is special inside quotation marks", () => {
    expect(
      shellLines({ URL: "http://127.0.0.1:2742", A: "a&b | c" }, ["AWS_PROFILE", "AWS_ROLE_ARN"], "cmd"),
    ).toBe('set "URL=http://127.0.0.1:2742"\nset "A=a&b | c"\nset "AWS_PROFILE="\nset "AWS_ROLE_ARN="\n');
  });

  it("quote a word only if it needs it", () => {
    expect(quote("C:\\models\\a.gguf", "cmd")).toBe("C:\\models\\a.gguf");
    expect(quote("C:\\my models\\a.gguf", "cmd")).toBe('"C:\\my models\\a.gguf"');
    expect(quote("a&b", "cmd")).toBe('"a&b"');
  });

  it("are comments after rem", () => {
    expect(commentLine("text", "cmd")).toBe("rem text");
  });
});

it.each([
  ["linux", {}, "posix"],
  ["linux", { PROMPT: "$P$G" }, "posix"],
  ["darwin", {}, "posix"],
  ["linux", { SHELL: "/usr/bin/fish" }, "fish"],
  ["darwin", { SHELL: "/opt/homebrew/bin/fish" }, "fish"],
  ["linux", { SHELL: "/bin/bash" }, "posix"],
  ["win32", { SHELL: "/usr/bin/fish", MSYSTEM: "MSYS" }, "posix"],
  ["win32", {}, "powershell"],
  ["win32", { PROMPT: "$P$G" }, "cmd"],
  ["win32", { PROMPT: "$P$G", MSYSTEM: "MINGW64" }, "posix"],
] as const)("the shell on %s with %o is %s", (platform, env, shell) => {
  expect(shellInUse(env, platform)).toBe(shell);
});
