import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it, vi } from "vitest";

import { DEFAULT_MODEL_ID } from "../../src/client/index.js";
import { main } from "../../src/cli/main.js";
import { createProgram } from "../../src/cli/program.js";
import { faultKinds, operationNames } from "../../src/server/index.js";

/** Runs a command line with a usage error in this process. */
async function usage(...args: string[]) {
  const written: string[] = [];
  const stderr = vi
    .spyOn(process.stderr, "write")
    .mockImplementation((part) => written.push(String(part)) > 0);
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation(() => {
    throw new Error("a usage error must leave stdout alone");
  });
  try {
    return { code: await main(["node", "cria", ...args]), stderr: written.join("") };
  } finally {
    stderr.mockRestore();
    stdout.mockRestore();
  }
}

describe("a usage error says what, why, and what to type, and exits 2", () => {
  it.each([
    [
      ["--modle", "x", "hi"],
      ["--modle", "--model", "cria --help"],
    ],
    [
      ["--temperature", "1.5", "hi"],
      ["1.5", "a number from 0 to 1"],
    ],
    [["--top-p", "", "hi"], ["a number from 0 to 1"]],
    [["--max-gen-len", "0", "hi"], ["a whole number from 1 to 2048"]],
    [["--max-gen-len", "2.5", "hi"], ["a whole number from 1 to 2048"]],
    [["--seed", "-1", "hi"], ["a whole number from 0 to"]],
    [["--threads", "0", "hi"], ["a whole number from 1 to 1024"]],
    [["--threads", "x", "hi"], ["a whole number from 1 to 1024"]],
    [["serve", "--threads", "1.5"], ["a whole number from 1 to 1024"]],
    [["--on", "ftp://x", "hi"], ["local, aws, or a URL"]],
    [["--on", "http://", "hi"], ["local, aws, or a URL"]],
    [["--raw", "--system", "x", "hi"], ["--system can't be used with --raw"]],
    [
      ["--on", "aws", "--seed", "1", "hi"],
      ["takes no seed", "--temperature 0"],
    ],
    [["--on", "aws", "--strict", "hi"], ["--strict"]],
    [
      ["--on", "aws", "--threads", "1", "hi"],
      ["--threads", "on this machine"],
    ],
    [["--region", "us-east-1", "hi"], ["--on aws"]],
    [
      ["serve", "--small", "--strict"],
      ["--strict refuses", "--small"],
    ],
    [
      ["--kv-cache-type", "q4", "hi"],
      ["q4", "f16, q8_0"],
    ],
    [
      ["serve", "--kv-cache-type", "F32"],
      ["F32", "f16, q8_0"],
    ],
    [
      ["run", "--kv-cache-type", "", "--", "true"],
      ["f16, q8_0", "`cria run --help`"],
    ],
    [
      ["--on", "aws", "--kv-cache-type", "q8_0", "hi"],
      ["--kv-cache-type", "--on"],
    ],
    [
      ["serve", "--port", "70000"],
      ["a whole number from 0 to 65535", "`cria serve --help`"],
    ],
    [
      ["keys", "list", "--nope"],
      ["--nope", "`cria keys list --help`"],
    ],
    [["serve", "--as", "meta.llama2-13b-chat-v1"], ["--model-file"]],
    [
      ["serve", "--model-map", "arn:aws:bedrock:us-east-1:123456789012:imported-model/a1b2c3d4e5f6"],
      ["It must be ARN=ID", "`cria serve --help`"],
    ],
    [
      ["run", "--model-map", "arn:a=meta.llama3-8b-instruct-v1:0", "--model-map", "arn:a=x", "--", "true"],
      ["mapped already"],
    ],
    [
      ["serve", "--port", "0", "--model-map", "arn:a=meta.llama3-8b-instruct-v1:0"],
      ["arn:a can't be mapped to a model", "application-inference-profile"],
    ],
    [
      ["run", "--model-map", "us.meta.llama3-3-70b-instruct-v1:0=meta.llama3-8b-instruct-v1:0", "--", "true"],
      ["names meta.llama3-3-70b-instruct-v1:0 already", "Leave it out"],
    ],
    [
      [
        "serve",
        "--model-map",
        "arn:aws:bedrock:us-east-1:123456789012:imported-model/a1b2c3d4e5f6=meta.llama9",
      ],
      ["meta.llama9 is not the id of a Llama model", "meta.llama3-8b-instruct-v1:0"],
    ],
    [
      ["serve", "--script", "/does/not/exist"],
      ["/does/not/exist", '"tokens"'],
    ],
    [
      ["serve", "--script", "README.md"],
      ["README.md", "can't be read", "is not valid JSON", '"tokens"'],
    ],
    [
      ["run", "--script", "package.json", "--", "true"],
      ["package.json", 'A script has no "name". It can have: text, tokens, toolCall, when'],
    ],
    [
      ["serve", "--fault", "cut", "--fault", "Throttling"],
      ['"Throttling"', "ThrottlingException", "slow, stall, cut"],
    ],
    [
      ["run", "--fault", "cut,operation=Invoke", "--", "true"],
      ["InvokeModel, InvokeModelWithResponseStream"],
    ],
    [["serve", "--tls-cert", "cert.pem"], ["--tls-key FILE"]],
    [["serve", "--tls-key", "key.pem"], ["--tls-cert FILE"]],
    [
      ["serve", "--tls-self-signed", "--tls-cert", "cert.pem"],
      ["--tls-self-signed", "leave out"],
    ],
    [
      ["serve", "--tls-cert", "/does/not/exist", "--tls-key", "package.json"],
      ["--tls-cert /does/not/exist can't be read"],
    ],
    [["serve", "--max-requests", "0"], ["a whole number from 1 to"]],
    [["serve", "--idle-timeout", "0.5"], ["a whole number from 1 to"]],
    [["serve", "and", "more"], ["too many arguments"]],
    [["run"], ["missing required argument", "cria run --help"]],
    [
      ["models", "--jsn"],
      ["--jsn", "--json"],
    ],
  ])("%j", async (args, parts) => {
    const { code, stderr } = await usage(...args);
    expect(code).toBe(2);
    for (const part of parts) expect(stderr).toContain(part);
  });
});

it("has the client's default model id", () => {
  expect(createProgram(() => undefined).getOptionValue("model")).toBe(DEFAULT_MODEL_ID);
});

it.each(["serve", "run"])("%s --help lists every kind of fault and every operation", (name) => {
  let help = "";
  const command = createProgram(() => undefined).commands.find((each) => each.name() === name);
  command?.configureOutput({ writeOut: (part) => (help += part) }).outputHelp();
  const listed = (heading: string) =>
    new RegExp(`^${heading}: ([^.]*)\\.`, "mu").exec(help)?.[1]?.split(/,\s*/u);
  expect(listed("Kinds")).toEqual(faultKinds);
  expect(listed("Operations")).toEqual(operationNames);
});

it("imports only commander, Node and src/cli until a command runs, so that --help answers at once", () => {
  const room = new URL("../../src/cli/", import.meta.url);
  const seen = new Set<string>();
  const visit = (url: URL) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const source = readFileSync(new URL(url.href.replace(/\.js$/u, ".ts")), "utf8");
    for (const [statement, specifier = ""] of source.matchAll(
      /^(?:import|export) (?!type )(?:[^;"]*? from )?"([^"]+)";/gmu,
    )) {
      // of these folders the bundle takes files without imports alone: what makes errors printable or sentences, what checks a URL or a region, and bounds of settings
      if (
        /^import \{ (?:(?:printable|printableLine|sentences|serverUrlProblem),? )+\} from "(?:\.\.\/)+platform\/index\.js";$/u.test(
          statement,
        ) ||
        /^import \{ (?:(?:MIN|MAX)_[A-Z_]+,? )+\} from "(?:\.\.\/)+config\/index\.js";$/u.test(statement) ||
        /^import \{ REGION \} from "(?:\.\.\/)+bedrock\/index\.js";$/u.test(statement)
      )
        continue;
      if (!specifier.startsWith(".")) {
        expect(specifier, url.pathname).toMatch(/^(node:|commander$)/u);
        continue;
      }
      const imported = new URL(specifier, url);
      expect(imported.href.startsWith(room.href), `${url.pathname} imports ${specifier}`).toBe(true);
      visit(imported);
    }
  };
  // bin.ts imports main.ts later, so that its code can come from a cache
  visit(new URL("bin.js", room));
  visit(new URL("main.js", room));
  expect(seen.size).toBeGreaterThan(readdirSync(new URL("commands", room)).length);
});
