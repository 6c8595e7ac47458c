import { modelledExceptionTypes } from "../../bedrock/index.js";
import { InvalidFaultError } from "../errors.js";
import { type Fault, type FaultKind, isException } from "./fault.js";

/** What can be asked for. The errors of credentials aren't among them: they have their natural causes. */
export const faultKinds: readonly FaultKind[] = [
  ...(Object.keys(modelledExceptionTypes) as (keyof typeof modelledExceptionTypes)[]),
  "slow",
  "stall",
  "cut",
];

/** An hour: longer than any client waits. */
const MAX_MS = 3_600_000;

/** More tokens than any answer has. */
const MAX_AFTER = 100_000;

/** A billion requests: more than anybody sends to one server. */
const MAX_COUNT = 1_000_000_000;

/** Reads a setting's value; a sentence that says what would do where it can't. */
type Setting = (value: string, operations: readonly string[]) => Partial<Fault> | string;

const SETTINGS: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ["operation", readOperation],
  ["rate", readRate],
  ["count", (value) => readWhole("count", value, 1, MAX_COUNT)],
  ["after", (value) => readWhole("after", value, 0, MAX_AFTER)],
  ["ms", (value) => readWhole("ms", value, 0, MAX_MS)],
]);

/**
 * Reads a fault: its kind, then what it is narrowed by, as in `ThrottlingException,operation=Converse,rate=0.2` or
 * `ModelStreamErrorException,after=5,count=1`. A message comes last, and may hold commas.
 *
 * @param operations - the names that `operation=` may have
 * @throws {InvalidFaultError} it says something else.
 */
export function parseFault(text: string, operations: readonly string[]): Fault {
  const fail = (expected: string): never => {
    throw new InvalidFaultError(text, expected);
  };
  const [head, message] = splitMessage(text);
  const [kindText = "", ...words] = head.split(",").map((word) => word.trim());
  const kind = faultKinds.find((known) => known.toLowerCase() === kindText.toLowerCase());
  if (kind === undefined) return fail(`its kind is one of ${faultKinds.join(", ")}`);
  let fault: Fault = { kind, ...(message !== undefined && { message }) };
  for (const word of words) {
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    const read = SETTINGS.get(name);
    if (!read) return fail("after its kind come operation=, rate=, count=, after=, ms=, and last message=");
    if (name in fault) return fail(`${name}= stands there twice`);
    const setting = read(word.slice(at + 1), operations);
    if (typeof setting === "string") return fail(setting);
    fault = { ...fault, ...setting };
  }
  if (fault.ms !== undefined && kind !== "slow") return fail("ms= belongs to slow");
  if (message !== undefined && !isException(kind)) return fail(`${kind} has no message`);
  return fault;
}

function splitMessage(text: string): [head: string, message: string | undefined] {
  const at = text.search(/,\s*message=/u);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(text.indexOf("=", at) + 1)];
}

function readOperation(value: string, operations: readonly string[]): Partial<Fault> | string {
  const operation = operations.find((name) => name.toLowerCase() === value.toLowerCase());
  return operation === undefined ? `operation is one of ${operations.join(", ")}` : { operation };
}

function readRate(value: string): Partial<Fault> | string {
  const rate = value.trim() === "" ? NaN : Number(value);
  return rate > 0 && rate <= 1 ? { rate } : "rate is a number above 0 and up to 1";
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
    : `${name} is a whole number from ${min} to ${max}`;
}
