import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { installClient } from "../../scripts/clients/install.mjs";
import { page, type Result } from "../../scripts/clients/page.mjs";
import { type Client, clients } from "../clients/clients.mjs";
import { emptyFolder } from "../support/folder.js";
import { needsPosix } from "../support/platform.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));

const named = (name: string): Client => {
  const client = clients.find((one) => one.name === name);
  if (client === undefined) throw new Error(`There is no client ${name}.`);
  return client;
};

const allWork: Readonly<Record<string, Result>> = Object.fromEntries(
  ["plain", "stream", "usage", "tools", "structured"].map((name) => [
    name,
    { case: name, result: "works", detail: null },
  ]),
);

const about = { version: "1.2.3", date: "2026-11-26" };

/** The cells of a client's row. */
function rowOf(text: string, { title }: Client): readonly string[] | undefined {
  const rows = text.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  return rows.find((cells) => cells[1] === title);
}

describe("docs/clients.md", () => {
  it("has a row and a line on how to point it at Cria for each framework", async () => {
    const text = await readFile(join(repository, "docs/clients.md"), "utf8");
    for (const client of clients) {
      expect(rowOf(text, client), client.title).toHaveLength(9);
      expect(text).toContain(`- **${client.title}**: ${client.pointing}`);
    }
  });

  it("says in whose words a case was refused, what a framework lacks and what fails, once each", () => {
    const refused = { result: "refused", detail: "This model doesn't support it." } as const;
    const client = { ...named("litellm"), faults: { usage: "It reads nothing." } };
    const results = {
      ...allWork,
      stream: { case: "stream", result: "no such mode", detail: "it never streams" },
      usage: { case: "usage", result: "failed", detail: "KeyError" },
      tools: { case: "tools", ...refused },
      structured: { case: "structured", ...refused },
    } as const;
    const text = page([{ client, version: "9", results }], about);
    expect(rowOf(text, client)?.slice(2, 8)).toEqual([
      "9",
      "works",
      "no such mode [1]",
      "failed [2]",
      "refused [3]",
      "refused [3]",
    ]);
    expect(text).toContain("[1] LiteLLM: it never streams.\n");
    expect(text).toContain("[2] It reads nothing.\n");
    expect(text).toContain(
      "[3] Bedrock refuses what the framework asks for: `This model doesn't support it.`\n",
    );
    expect(text).toContain("Cria 1.2.3 on 2026-11-26");
  });

  it("keeps the row of a client that can't be installed", () => {
    const client = named("crewai");
    const text = page([{ client, why: "ERROR: no | such version" }], about);
    expect(text).toContain("| could not be installed: ERROR: no \\| such version |");
  });
});

describe("the installation of a framework", () => {
  beforeEach((context) => needsPosix(context, "Windows runs no shell script in a program's place."));
  beforeEach(() => {
    const silence = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, "write").mockReturnValue(true),
    );
    return () => silence.forEach((spy) => spy.mockRestore());
  });

  it.each([
    ["litellm", "python3", "ERROR: No matching distribution found for litellm==1"],
    ["ai-sdk", "npm", "npm error code ETARGET"],
    ["spring-ai", "mvn", "[ERROR] Could not find artifact"],
  ])("says why %s can't be had", async (name, program, words) => {
    const [root, bin] = [await emptyFolder(), await emptyFolder()];
    await symlink(join(repository, "test"), join(root, "test"));
    const env = { PATH: bin };
    expect(await installClient(root, named(name), env)).toEqual({ why: `there is no \`${program}\` here` });
    await writeFile(join(bin, program), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`, { mode: 0o755 });
    expect(await installClient(root, named(name), env)).toEqual({ why: words });
  });
});
