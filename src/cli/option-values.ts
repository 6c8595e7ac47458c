import { InvalidArgumentError } from "commander";

/** Reads a number within bounds, both included. */
export function numberBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

/** Reads a whole number within bounds, both included. */
export function integerBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Reads `local`, `aws` or a URL. */
export function target(text: string): "local" | "aws" | `http://${string}` {
  if (text === "local" || text === "aws") return text;
  if (/^https?:\/\//u.test(text) && URL.canParse(text)) return text as `http://${string}`;
  throw new InvalidArgumentError("It must be local, aws, or a URL such as http://127.0.0.1:2742.");
}
