import { modelledExceptionTypes } from "../../bedrock/index.js";
import { InvalidFaultError } from "../errors.js";
import { type Fault, type FaultKind, isException } from "./fault.js";

/** The kinds of faults. Credential errors aren't among them: real wrong credentials produce them. */
export const faultKinds: readonly FaultKind[] = [
  ...(Object.keys(modelledExceptionTypes) as (keyof typeof modelledExceptionTypes)[]),
  "slow",
  "stall",
  "cut",
];

/** One hour: longer than any client waits. */
const MAX_MS = 3_600_000;

/** More tokens than any answer has. */
const MAX_AFTER = 100_000;

/** More requests than one server gets. */
const MAX_COUNT = 1_000_000_000;

/** Reads a setting's value; returns a message that says what is allowed if it is invalid. */
type Setting = (value: string, operations: readonly string[]) => Partial<Fault> | string;

const SETTINGS: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ["operation", readOperation],
  ["rate", readRate],
  ["count", (value) => readWhole("count", value, 1, MAX_COUNT)],
  ["after", (value) => readWhole("after", value, 0, MAX_AFTER)],
  ["ms", (value) => readWhole("ms", value, 0, MAX_MS)],
]);

/**
 * Parses a fault: its kind, followed by settings, such as `ThrottlingException,operation=Converse,rate=0.2` or
 * `ModelStreamErrorException,after=5,count=1`. `message=` comes last and may contain commas, but no setting after one: put the message
 * in double quotes for that.
 *
 * @param operations - the valid values of `operation=`
 * @throws {InvalidFaultError} the text isn't a valid fault.
 */
export function parseFault(text: string, operations: readonly string[]): Fault {
  const fail = (expected: string): never => {
    throw new InvalidFaultError(text, expected);
  };
  const [head, message] = splitMessage(text);
  const [kindText = "", ...words] = head.split(",").map((word) => word.trim());
  const kind = faultKinds.find((known) => known.toLowerCase() === kindText.toLowerCase());
  if (kind === undefined) return fail(`the kind must be one of ${faultKinds.join(", ")}`);
  let fault: Fault = { kind };
  for (const word of words) {
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    const read = SETTINGS.get(name);
    if (!read) return fail("the settings are operation=, rate=, count=, after=, ms= and, last, message=");
    if (name in fault) return fail(`${name}= is given twice`);
    const setting = read(word.slice(at + 1), operations);
    if (typeof setting === "string") return fail(setting);
    fault = { ...fault, ...setting };
  }
  if (fault.ms !== undefined && kind !== "slow") return fail("only slow takes ms=");
  if (message === undefined) return fault;
  if (!isException(kind)) return fail(`${kind} takes no message=`);
  const swallowed = SETTING_INSIDE.exec(message)?.[1];
  if (swallowed !== undefined && !isQuoted(message)) {
    return fail(
      `message= comes last. Put ${swallowed} before it, or, if it belongs to the message, the message in double quotes: message="…"`,
    );
  }
  return { ...fault, message: isQuoted(message) ? message.slice(1, -1) : message };
}

/** A setting behind a comma, which is one that was meant to be read. */
const SETTING_INSIDE = new RegExp(`,\\s*((?:${[...SETTINGS.keys(), "message"].join("|")})=)`, "u");

function isQuoted(message: string): boolean {
  return message.length > 1 && message.startsWith('"') && message.endsWith('"');
}

function splitMessage(text: string): [head: string, message: string | undefined] {
  const at = text.search(/,\s*message=/u);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(text.indexOf("=", at) + 1)];
}

function readOperation(value: string, operations: readonly string[]): Partial<Fault> | string {
  const operation = operations.find((name) => name.toLowerCase() === value.toLowerCase());
  return operation === undefined ? `operation= must be one of ${operations.join(", ")}` : { operation };
}

function readRate(value: string): Partial<Fault> | string {
  const rate = value.trim() === "" ? NaN : Number(value);
  return rate > 0 && rate <= 1 ? { rate } : "rate= must be a number above 0 and up to 1";
}

function readWhole(
  name: "count" | "after" | "ms",
  value: string,
  min: number,
  max: number,
): Partial<Fault> | string {
  const number = /^\d+$/u.test(value) ? Number(value) : NaN;
  return number >= min && number <= max
    ? { [name]: number }
    : `${name}= must be a whole number from ${min} to ${max}`;
}
