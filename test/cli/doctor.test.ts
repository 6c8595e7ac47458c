import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { checkNetwork } from "../../src/cli/doctor/network.js";
import { examine, reportText } from "../../src/cli/doctor/index.js";
import { type Finding, judge, ok, warning, withoutSecrets } from "../../src/cli/doctor/index.js";
import { ENGINE_VERSION } from "../../src/engine/index.js";
import { listen } from "../models/support/hub-server.js";
import { emptyFolder } from "../support/folder.js";

const report = (findings: Finding[], offline = false) => judge([{ title: "All", findings }], offline);

describe("cria would work", () => {
  const missing = {
    engine: warning("engine", "isn't here yet", "x"),
    model: warning("stand-in", "isn't here", "x"),
  };
  test.for<[string, Finding[], boolean, boolean]>([
    ["with everything here", [ok("engine", ""), ok("stand-in", "")], true, true],
    [
      "with what can be fetched",
      [missing.engine, missing.model, ok("registry", ""), ok("hub", "")],
      false,
      true,
    ],
    ["without the hub", [missing.model, ok("registry", ""), warning("hub", "", "x")], false, true],
    ["not without an engine and a registry", [missing.engine, warning("registry", "", "x")], false, false],
    [
      "not without an engine and npm",
      [missing.engine, warning("npm", "", "x"), ok("registry", "")],
      false,
      false,
    ],
    [
      "not without a stand-in and a network",
      [missing.model, warning("registry", "", "x"), warning("hub", "", "x")],
      false,
      false,
    ],
    [
      "without a network, with everything here",
      [ok("engine", ""), warning("registry", "", "x"), warning("hub", "", "x")],
      false,
      true,
    ],
    ["not with an engine to be fetched offline", [missing.engine], true, false],
  ])("%s", ([, findings, offline, works]) => {
    expect(report(findings, offline).works).toBe(works);
  });
});

test.for([
  ["http://me:secret@proxy.example:3128/", "http://proxy.example:3128/"],
  ["https://r.example/npm/?token=secret", "https://r.example/npm/"],
  ["me:secret@proxy", "(set)"],
  ["nonsense", "(set)"],
])("of %s the secrets aren't shown", ([url = "", shown]) => {
  expect(withoutSecrets(url)).toBe(shown);
});

test("a home in which all is damaged is reported to the end, without secrets", async () => {
  const home = await emptyFolder();
  await writeFile(join(home, "settings.json"), "{");
  await writeFile(join(home, "models.json"), "[[");
  await mkdir(join(home, "engine"));
  const env = {
    CRIA_HOME: home,
    PATH: "",
    HTTPS_PROXY: "http://me:hush@127.0.0.1:9",
    HF_TOKEN: "hush",
    AWS_SECRET_ACCESS_KEY: "hush",
  };
  const found = await examine({ env, home, offline: true });
  expect(found.works).toBe(false);
  const problems = found.sections.flatMap(({ findings }) =>
    findings.filter((each) => each.status === "problem"),
  );
  expect(problems.map(({ name }) => name)).toEqual(["settings", "engine", "models", "stand-in"]);
  const text = reportText(found);
  expect(text).toMatch(/settings\.json is not valid JSON/u);
  expect(text).toContain("HTTPS_PROXY: http://127.0.0.1:9/");
  expect(text).toMatch(/doesn't work here\. See the lines with an arrow\.\n$/u);
  expect(text + JSON.stringify(found)).not.toContain("hush");
});

test("a home without a stand-in doesn't work without a network", async () => {
  const home = await emptyFolder();
  const env = { HOME: home, USERPROFILE: home };
  const { works, sections } = await examine({ env, home, offline: true });
  expect(works).toBe(false);
  const standIn = sections.flatMap(({ findings }) => findings).find(({ name }) => name === "stand-in");
  expect(standIn).toMatchObject({ status: "problem", text: "isn't chosen yet" });
});

test("a home that doesn't exist is one that is created", async () => {
  const home = join(await emptyFolder(), "not", "yet");
  const { sections } = await examine({ env: {}, home, offline: true });
  expect(reportText({ works: true, sections })).toContain(`${home}, which is created when needed`);
});

describe("the registry of npm", { timeout: 60_000 }, () => {
  /** Two npms start, which takes 10 s under Wine. */
  const PATIENCE_MS = 50_000;

  test.for([
    ["with a password in its address", "me:hush@"],
    ["without one", ""],
  ])("%s is named without the password", async ([, user = ""]) => {
    const home = await emptyFolder();
    const asked: string[] = [];
    const url = await listen((request, response) => {
      const path = decodeURIComponent(request.url ?? "").slice(1);
      asked.push(path);
      const versions = { [ENGINE_VERSION]: { name: path, version: ENGINE_VERSION, dist: {} } };
      response.end(JSON.stringify({ name: path, "dist-tags": { latest: ENGINE_VERSION }, versions }));
    });
    const { PATH, SystemRoot, npm_execpath } = process.env;
    const env = {
      ...{ PATH, SystemRoot, npm_execpath, HOME: home, USERPROFILE: home, CRIA_ENGINE_PACKAGE: "linux-x64" },
      npm_config_registry: url.replace("//", `//${user}`),
      npm_config_cache: join(home, "cache"),
      npm_config_userconfig: join(home, "npmrc"),
      HF_ENDPOINT: "http://127.0.0.1:1",
    };
    const findings = await checkNetwork({ env, home, offline: false }, PATIENCE_MS);
    const registry = findings.find(({ name }) => name === "registry");
    expect(registry).toEqual({
      status: "ok",
      name: "registry",
      text: `${url}/ has the engine (@node-llama-cpp/linux-x64@${ENGINE_VERSION})`,
    });
    expect(asked).toEqual(["@node-llama-cpp/linux-x64"]);
    expect(JSON.stringify(findings)).not.toContain("hush");
  });
});
