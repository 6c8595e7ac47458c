import { fileURLToPath } from "node:url";

import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

// TypeScript writes paths with `/` on every platform
const root = fileURLToPath(new URL("../", import.meta.url)).replaceAll("\\", "/");
const entries = { cria: "src/index.ts", "event-stream": "src/event-stream/index.ts" };

/** Errors that never leave the library, each with the place where it is handled. */
const INTERNAL: Readonly<Record<string, string>> = {
  BedrockException: "is answered; the caller's SDK throws its own class",
  ChatTemplateError: "is answered as a ValidationException",
  ConfigError: "ends the command; while a server runs, it is logged",
  EngineLoadError: "is the cause of an EngineUnavailableError",
  FaultCutError: "cuts a connection",
  GgufFormatError: "is turned into a ModelFileError",
  HelperBusyError: "is the cause of an EngineBusyError",
  HelperEndedError: "is the cause of an EngineBusyError or a TextNotTokenizedError",
  HubFileChangedError: "ends `cria models pull`",
  InterruptedError: "ends the command",
  LoadError: "is sent by the engine's process, as text",
  ModelMismatchError: "ends `cria models add` or `pull`",
  ModelNotHereError: "ends `cria models rm` or `where`",
  NoAmazonCredentialsError: "is answered as a ServiceUnavailableException, and logged with what to do",
  NoWeightsError: "ends `cria models pull`",
  PartNotRenderableError: "is a fault of Cria, answered as an InternalServerException",
  ReaderStalledError: "is logged",
  RefusedError: "an engine's own error takes its place",
  RequestTimeoutError: "is logged",
  TooManyResetsError: "ends a connection of HTTP/2",
  UnknownKeyError: "ends `cria keys rm`",
  UnknownModelError: "ends `cria models …`",
  UpstreamCutError: "cuts a connection",
  UpstreamFailure: "is the cause of an engine's error, for the log",
  UsageError: "ends the command",
};

let program: ts.Program;
let checker: ts.TypeChecker;
beforeAll(() => {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${root}tsconfig.build.json`,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
      },
    },
  );
  if (!config) throw new Error("There is no tsconfig.build.json.");
  program = ts.createProgram(config.fileNames, config.options);
  checker = program.getTypeChecker();
}, 60_000);

/** A module's exports: the kind and name of each, in order. */
function exportsOf(file: string): ts.Symbol[] {
  const source = program.getSourceFile(`${root}${file}`);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} isn't a module.`);
  return checker.getExportsOfModule(module).map(resolve);
}

function resolve(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

describe("the package's exports match the list", () => {
  it.each(Object.entries(entries))("%s", async (name, file) => {
    const source = program.getSourceFile(`${root}${file}`);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} isn't a module.`);
    const lines = checker
      .getExportsOfModule(module)
      .map((symbol) => `${kindOf(resolve(symbol))} ${symbol.name}`)
      .sort();
    expect(lines.length).toBeGreaterThan(0);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`exports/${name}.txt`);
  });
});

function kindOf({ flags }: ts.Symbol): string {
  if (flags & ts.SymbolFlags.Class) return "class";
  if (flags & ts.SymbolFlags.Function) return "function";
  if (flags & ts.SymbolFlags.Variable) return "const";
  if (flags & ts.SymbolFlags.Interface) return "interface";
  if (flags & ts.SymbolFlags.TypeAlias) return "type";
  throw new Error(`Unknown kind of export: flags ${flags}.`);
}

it("every error class is exported, or handled inside", () => {
  const classes = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(`${root}src/`))
    .flatMap(({ statements }) => [...statements])
    .filter(ts.isClassDeclaration)
    .flatMap(({ name }) => (name && checker.getSymbolAtLocation(name)) ?? [])
    .filter((symbol) => isError(checker.getDeclaredTypeOfSymbol(symbol)));
  const exported = new Set(Object.values(entries).flatMap(exportsOf));
  const inside = classes.filter((symbol) => !exported.has(symbol)).map(({ name }) => name);
  expect(inside.sort()).toEqual(Object.keys(INTERNAL));
  expect(classes.length).toBeGreaterThan(inside.length);
});

function isError(type: ts.Type): boolean {
  return (type.getBaseTypes() ?? []).some((base) => base.symbol.name === "Error" || isError(base));
}
