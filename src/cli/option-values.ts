import { InvalidArgumentError } from "commander";

/** A parser of numbers from `min` to `max`, both included. */
export function numberBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

/** A parser of whole numbers from `min` to `max`, both included. */
export function integerBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Decimal units, as `formatBytes` writes them. */
const BYTES_PER_UNIT: Readonly<Record<string, number>> = { "": 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Parses a size such as `12GB`, or a number of bytes. @returns bytes */
export function byteSize(text: string): number {
  const [, number = "", unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]B|)\s*$/iu.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (BYTES_PER_UNIT[unit.toUpperCase()] ?? NaN));
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError("It must be a size such as 12GB or 800MB.");
}

const MS_PER_UNIT: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Ten years, in ms: a key that should last longer needs no expiry. */
const MAX_DURATION_MS = 3_650 * 86_400_000;

/** Parses a duration such as `90s`, `15m`, `12h` or `30d`. @returns ms */
export function duration(text: string): number {
  const [, count = "", unit = ""] = /^(\d+)([smhd])$/u.exec(text.trim()) ?? [];
  const ms = Number(count) * (MS_PER_UNIT[unit] ?? 0);
  if (ms > 0 && ms <= MAX_DURATION_MS) return ms;
  throw new InvalidArgumentError("It must be a time such as 90s, 15m, 12h or 30d, at most 3650d.");
}

/**
 * The key that a variable or a file holds: what is in it but for spaces and line breaks around it.
 *
 * @returns undefined if it holds none, or something else besides
 */
export function keyIn(text: string): string | undefined {
  return /^\s*(\S+)\s*$/u.exec(text)?.[1];
}

/** Parses `local`, `aws` or a URL. */
export function target(text: string): "local" | "aws" | `http://${string}` {
  if (text === "local" || text === "aws") return text;
  if (/^https?:\/\//u.test(text) && URL.canParse(text)) return text as `http://${string}`;
  throw new InvalidArgumentError("It must be local, aws, or a URL such as http://127.0.0.1:2742.");
}

/** A value without the members that are undefined. */
export type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The same value without the members that are undefined. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Defined<T>;
}
