import { exceptionTypes } from "../../bedrock/index.js";
import { InvalidFaultError } from "../errors/invalid-fault-error.js";
import type { Fault, FaultKind } from "./fault.js";

/** What can be asked for. The errors of credentials have their natural causes: see `--auth keys`. */
export const faultKinds: readonly FaultKind[] = [
  ...Object.keys(exceptionTypes).filter((type) => !type.includes("Token") && !type.includes("Signature")),
  "slow",
  "stall",
  "cut",
] as readonly FaultKind[];

/** An hour: longer than any client waits. */
const MAX_MS = 3_600_000;

/** More tokens than any answer has. */
const MAX_AFTER = 100_000;

/**
 * Reads a fault: its kind, then what it is narrowed by, as in `ThrottlingException,operation=Converse,rate=0.2` or
 * `ModelStreamErrorException,after=5,count=1`. A message comes last, and may hold commas.
 *
 * @param operations - the names that `operation=` may have
 * @throws {InvalidFaultError} it says something else.
 */
export function parseFault(text: string, operations: readonly string[]): Fault {
  const [head, message] = splitMessage(text);
  const [kindText = "", ...settings] = head.split(",").map((part) => part.trim());
  const kind = faultKinds.find((known) => known.toLowerCase() === kindText.toLowerCase());
  if (kind === undefined) {
    throw new InvalidFaultError(text, `its kind is one of ${faultKinds.join(", ")}`);
  }
  const fault: { -readonly [K in keyof Fault]: Fault[K] } = { kind, message };
  for (const setting of settings) {
    const [name = "", value = ""] = setting.split("=", 2);
    if (name === "operation") fault.operation = operationNamed(text, value, operations);
    else if (name === "rate") fault.rate = numberOf(text, name, value, 0, 1);
    else if (name === "count") fault.count = wholeOf(text, name, value, 1, Number.MAX_SAFE_INTEGER);
    else if (name === "after") fault.after = wholeOf(text, name, value, 0, MAX_AFTER);
    else if (name === "ms") fault.ms = wholeOf(text, name, value, 0, MAX_MS);
    else
      throw new InvalidFaultError(
        text,
        "after its kind come operation=, rate=, count=, after=, ms=, message=",
      );
  }
  return fault;
}

function splitMessage(text: string): [string, string | undefined] {
  const at = text.search(/,\s*message=/u);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(text.indexOf("=", at) + 1)];
}

function operationNamed(text: string, value: string, operations: readonly string[]): string {
  const found = operations.find((name) => name.toLowerCase() === value.toLowerCase());
  if (found !== undefined) return found;
  throw new InvalidFaultError(text, `operation is one of ${operations.join(", ")}`);
}

function numberOf(text: string, name: string, value: string, min: number, max: number): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (number >= min && number <= max) return number;
  throw new InvalidFaultError(text, `${name} is a number from ${min} to ${max}`);
}

function wholeOf(text: string, name: string, value: string, min: number, max: number): number {
  const number = numberOf(text, name, value, min, max);
  if (Number.isInteger(number)) return number;
  throw new InvalidFaultError(text, `${name} is a whole number`);
}
