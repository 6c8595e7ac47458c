import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { doubtfulLicences, isAllowed, knownFlaws } from "../../scripts/audit.mjs";
import { listen } from "../models/support/hub-server.js";
import { emptyFolder } from "../support/folder.js";

describe("a licence", () => {
  test.for(["MIT", "Apache-2.0", "(MIT OR GPL-3.0)", "MIT AND ISC", "(BSD-2-Clause OR MIT OR Apache-2.0)"])(
    "lets Cria pass the package on: %s",
    (license) => expect(isAllowed(license)).toBe(true),
  );

  test.for([
    ...["GPL-3.0-only", "AGPL-3.0", "UNLICENSED", "SEE LICENSE IN LICENSE", "", "mit-like", "toString"],
    ...["MIT AND GPL-3.0", "MIT OR ISC AND GPL-3.0", "GPL-2.0 OR LGPL-2.1"],
  ])("must be looked at: %j", (license) => expect(isAllowed(license)).toBe(false));

  test("that isn't allowed is found, unless only Cria's own development needs the package", () => {
    const packages = {
      "": { license: "Apache-2.0" },
      "node_modules/good": { version: "1.0.0", license: "MIT" },
      "node_modules/bad": { version: "1.0.0", license: "GPL-3.0-only" },
      "node_modules/good/node_modules/@scope/none": { version: "2.0.0" },
      "node_modules/tool": { version: "1.0.0", license: "GPL-3.0-only", dev: true },
      "node_modules/odd": { version: "1.0.0", license: "Odd" },
    };
    const all = ["bad 1.0.0: GPL-3.0-only", "@scope/none 2.0.0: none", "odd 1.0.0: Odd"];
    expect(doubtfulLicences({ packages })).toEqual(all);
    expect(doubtfulLicences({ packages }, { odd: { license: "Odd" } })).toEqual(all.slice(0, 2));
    // an exception is for the licence that was read
    expect(doubtfulLicences({ packages }, { odd: { license: "Older" } })).toEqual(all);
  });

  test.for(["package-lock.json", "engine/package-lock.json"])(
    "of each package in %s is allowed",
    async (file) => {
      const lock = JSON.parse(await readFile(file, "utf8")) as Parameters<typeof doubtfulLicences>[0];
      expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
      expect(doubtfulLicences(lock)).toEqual([]);
    },
  );
});

describe("known flaws", { timeout: 60_000 }, () => {
  /** What `npm run` says of npm's own script, on Windows: the cmd of Wine prints a comment of npm.cmd in front of npm's output. */
  const script = join(dirname(process.execPath), "node_modules/npm/bin/npm-cli.js");
  const npm = existsSync(script) ? { npm_execpath: script } : {};

  /** Why npm has no advisories: in its words, and not because nothing can be read of what it printed. */
  const inItsWords = { skipped: expect.stringMatching(/^(?!npm (?:printed|doesn't))./u) as string };

  /** A project that depends on one package, and a registry that answers so when it's asked for flaws. */
  async function ask(answer: { readonly status: number; readonly body: unknown }) {
    const folder = await emptyFolder();
    const dependencies = { flawed: "1.0.0" };
    const integrity = `sha512-${"A".repeat(86)}==`;
    const packages = { "": { dependencies }, "node_modules/flawed": { version: "1.0.0", integrity } };
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
    await writeFile(
      join(folder, "package-lock.json"),
      JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
    );
    const url = await listen((request, response) => {
      if (request.method === "POST") response.writeHead(answer.status).end(JSON.stringify(answer.body));
      else {
        const version = { name: "flawed", version: "1.0.0", dist: {} };
        response.end(
          JSON.stringify({
            name: "flawed",
            "dist-tags": { latest: "1.0.0" },
            versions: { "1.0.0": version },
          }),
        );
      }
    });
    return knownFlaws(folder, [], {
      ...npm,
      ...{ PATH: process.env["PATH"], SystemRoot: process.env["SystemRoot"], HOME: folder },
      npm_config_registry: url,
      npm_config_cache: join(folder, "cache"),
      npm_config_userconfig: join(folder, "npmrc"),
      npm_config_fetch_retries: "0",
    });
  }

  test("are those that the registry names, with their level", async () => {
    const advisory = {
      ...{ id: 1, url: "https://example.org/1", title: "Bad things", severity: "high" },
      ...{ vulnerable_versions: "<2.0.0", cwe: [], cvss: { score: 8, vectorString: null } },
    };
    expect(await ask({ status: 200, body: { flawed: [advisory] } })).toEqual({
      flaws: [{ name: "flawed", level: "high", title: "Bad things" }],
    });
  });

  test("may be none", async () => {
    expect(await ask({ status: 200, body: {} })).toEqual({ flaws: [] });
  });

  test.for([404, 503])(
    "aren't looked for where the registry has no advisories (%i), which is said",
    async (status) => {
      expect(await ask({ status, body: {} })).toEqual(inItsWords);
    },
  );

  test("aren't looked for where no registry answers, which is said", async () => {
    const registry = { npm_config_registry: "http://127.0.0.1:1", npm_config_fetch_retries: "0" };
    const env = { ...process.env, ...npm, ...registry };
    expect(await knownFlaws(".", ["--omit=dev"], env)).toEqual(inItsWords);
  });
});
