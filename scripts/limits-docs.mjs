// Reads the bounds of the server from src/: their names, values and reasons, for the tables of docs/protocol.md. `npm run docs` writes
// them there (protocol-docs.mjs), and tests fail when one is missing or has changed.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import ts from "typescript";

const source = fileURLToPath(new URL("../src/", import.meta.url));

/** The tables: objects with all limits of one kind, and places whose numeric constants are bounds. */
const tables = [
  {
    title: "`ServeOptions.limits`",
    objects: [{ file: "server/limits.ts", type: "ServerLimits", values: "defaultLimits" }],
  },
  {
    title: "Connections, requests, readers",
    places: [
      "server/limits.ts",
      "server/shared-bound.ts",
      "server/router.ts",
      "server/transport/",
      "server/callers/",
    ],
  },
  {
    title: "Bodies, texts, templates, documents",
    places: [
      ...["bedrock/parse-json.ts", "engine/llama-cpp/protocol.ts", "engine/llama-cpp/parent/long-texts.ts"],
      ...["server/generation/", "server/templates/", "server/documents/", "server/operations/"],
    ],
  },
  {
    title: "The queue and the engine's process",
    objects: [
      {
        file: "engine/llama-cpp/parent/session-limits.ts",
        type: "SessionLimits",
        values: "defaultSessionLimits",
      },
    ],
    places: ["engine/admission.ts", "engine/llama-cpp/parent/", "engine/llama-cpp/child/job.ts"],
  },
  {
    title: "Keys, the log, traces",
    places: ["server/access/", "server/observe/", "server/traces/", "server/reload/"],
  },
  { title: "Servers that answer for Cria", places: ["engine/completions/"] },
  { title: "Requests that are passed on to Amazon", places: ["server/passthrough/"] },
];

/** Places below src/server whose numbers bound nothing that a caller does. A test holds that every other one is in a table. */
export const elsewhere = [
  // certificates, and files that are read at the start
  "server/reach/",
  // what may be asked for with --fault
  "server/faults/",
  // the range of a seed
  "server/cria-headers.ts",
];

/** Numbers that bound nothing: what a protocol has, and how a text is searched. */
const NOT_BOUNDS = new Set([
  ...["DEFAULT_WINDOW", "SERVER_FAULT", "BYTES_BEFORE_SKIP"],
  ...["PART", "STEP", "LEAST_PROMPT"],
]);

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"))
  .sort();
const parsed = new Map();

function parse(file) {
  const known = parsed.get(file);
  if (known) return known;
  const tree = ts.createSourceFile(
    file,
    readFileSync(`${source}${file}`, "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  parsed.set(file, tree);
  return tree;
}

const isIn = (file, places) =>
  places.some((place) => file === place || (place.endsWith("/") && file.startsWith(place)));

/** The variables at a file's top level, each with the statement that declares it. */
function variables(file) {
  return parse(file)
    .statements.filter(ts.isVariableStatement)
    .flatMap((statement) =>
      statement.declarationList.declarations.map(({ name, initializer }) => ({
        ...{ name: name.getText(), initializer, statement },
      })),
    );
}

/** The value of a numeric expression; undefined if it is something else. */
function evaluate(file, node) {
  if (!node) return undefined;
  if (ts.isParenthesizedExpression(node)) return evaluate(file, node.expression);
  // a code, a mask or a mode is written with another base
  if (ts.isNumericLiteral(node)) return /^0[xob]/iu.test(node.getText()) ? undefined : Number(node.text);
  if (ts.isIdentifier(node)) return evaluateName(file, node.text);
  if (!ts.isBinaryExpression(node)) return undefined;
  const [left, right] = [evaluate(file, node.left), evaluate(file, node.right)];
  if (left === undefined || right === undefined) return undefined;
  switch (node.operatorToken.getText()) {
    case "*":
      return left * right;
    case "**":
      return left ** right;
    case "/":
      return left / right;
    case "+":
      return left + right;
    case "-":
      return left - right;
    default:
      return undefined;
  }
}

/** The value of a constant, which is the file's own or imported: from the file itself, or from the room of an index. */
function evaluateName(file, name) {
  const own = variables(file).find((variable) => variable.name === name);
  if (own) return evaluate(file, own.initializer);
  const from = parse(file)
    .statements.filter(ts.isImportDeclaration)
    .find(({ importClause }) => importClause?.namedBindings?.elements?.some((one) => one.name.text === name));
  if (!from) return undefined;
  const { pathname } = new URL(from.moduleSpecifier.text.replace(/\.js$/u, ".ts"), `file:///${file}`);
  const path = pathname.slice(1);
  const among = path.endsWith("/index.ts")
    ? files.filter((one) => one.startsWith(path.slice(0, -8)))
    : [path];
  const values = among.flatMap((one) =>
    variables(one)
      .filter((variable) => variable.name === name)
      .map(({ initializer }) => evaluate(one, initializer)),
  );
  if (values.length !== 1) throw new Error(`${file}: ${name} is declared ${values.length} times in ${path}.`);
  return values[0];
}

/** The text of a comment with TSDoc's tags, as Markdown. */
function docOf(node) {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "")
    .join(" ");
  return inCell(text.replaceAll(/\{@link (\w+)\}/gu, "`$1`"));
}

/** The `//` comments before a node. */
function reasonOf(node) {
  const text = node.getSourceFile().getFullText();
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  return inCell(ranges.map(({ pos, end }) => text.slice(pos + 2, end)).join(" "));
}

function inCell(text) {
  return text.replaceAll(/\s+/gu, " ").trim().replaceAll("|", "\\|");
}

const grouped = (value) => value.toLocaleString("en-US");

/** A value as people write it; its name tells the unit. */
export function written(name, value) {
  if (/bytes/iu.test(name)) {
    const units = [
      ["GiB", 1024 ** 3],
      ["MiB", 1024 ** 2],
      ["KiB", 1024],
    ];
    const [unit, size] = units.find(([, one]) => value % one === 0 && value < 1024 * one) ?? [];
    return unit === undefined ? `${grouped(value)} bytes` : `${grouped(value / size)} ${unit}`;
  }
  if (name.endsWith("_MIB")) return `${grouped(value)} MiB`;
  if (name.endsWith("_SECONDS")) return `${grouped(value)} s`;
  if (/(?:Ms|_MS)$/u.test(name)) {
    if (value >= 1_000_000 && value % 3_600_000 === 0) return `${value / 3_600_000} h`;
    return value < 1_000 || value % 500 !== 0 ? `${grouped(value)} ms` : `${grouped(value / 1_000)} s`;
  }
  return grouped(value);
}

/** @returns the bounds of an object with all limits of one kind */
function boundsOfObject({ file, type, values }) {
  const members = parse(file).statements.find(
    (one) => ts.isInterfaceDeclaration(one) && one.name.text === type,
  ).members;
  const { initializer } = variables(file).find(({ name }) => name === values);
  return initializer.properties.map((property) => {
    const name = property.name.text;
    const member = members.find((one) => one.name.text === name);
    const value = evaluate(file, property.initializer);
    if (value === undefined) throw new Error(`${file}: ${name} isn't a number.`);
    return { name, file, value, what: docOf(member), why: reasonOf(property) };
  });
}

/** @returns the bounds among a file's constants */
function boundsOfFile(file) {
  let before = "";
  return variables(file).flatMap(({ name, initializer, statement }) => {
    if (!/^[A-Z][A-Z0-9_]*$/u.test(name)) return [];
    // one comment may be of a constant and the next
    const own = docOf(statement);
    const what = own || `As \`${before}\`.`;
    if (own) before = name;
    const value = evaluate(file, initializer);
    return value === undefined || NOT_BOUNDS.has(name) ? [] : [{ name, file, value, what, why: "" }];
  });
}

/** Every bound, by table. */
export function readBounds() {
  const seen = new Set();
  return tables.map(({ title, objects = [], places = [] }) => {
    const among = files.filter((file) => isIn(file, places) && !seen.has(file));
    for (const file of among) seen.add(file);
    return { title, bounds: [...objects.flatMap(boundsOfObject), ...among.flatMap(boundsOfFile)] };
  });
}

/** The files of src/server that have bounds in no table. */
export function filesWithoutTable() {
  const all = tables.flatMap(({ places = [] }) => places);
  return files.filter(
    (file) =>
      file.startsWith("server/") && !isIn(file, [...all, ...elsewhere]) && boundsOfFile(file).length > 0,
  );
}

/** The tables, in Markdown. */
export function renderLimits() {
  return readBounds()
    .map(({ title, bounds }) => {
      const rows = bounds.map(({ name, file, value, what, why }) => {
        const where = /^[A-Z]/u.test(name) ? ` (\`${file}\`)` : "";
        return `| \`${name}\`${where} | ${written(name, value)} | ${what}${why === "" ? "" : ` Reason: ${why}.`} |`;
      });
      return [
        `**${title}**`,
        "",
        "| name | value | what it is, and why |",
        "| --- | --- | --- |",
        ...rows,
      ].join("\n");
    })
    .join("\n\n");
}
