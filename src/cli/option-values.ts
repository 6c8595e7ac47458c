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

/** Decimal, as {@link formatBytes} writes sizes. */
const UNITS: Readonly<Record<string, number>> = { "": 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Reads a size, such as `12GB`; a bare number is one of bytes. */
export function byteSize(text: string): number {
  const [, number = "", unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]B|)\s*$/iu.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? NaN));
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError("It must be a size such as 12GB or 800MB.");
}

/** Reads `local`, `aws` or a URL. */
export function target(text: string): "local" | "aws" | `http://${string}` {
  if (text === "local" || text === "aws") return text;
  if (/^https?:\/\//u.test(text) && URL.canParse(text)) return text as `http://${string}`;
  throw new InvalidArgumentError("It must be local, aws, or a URL such as http://127.0.0.1:2742.");
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Ten years: longer is for ever. */
const MAX_MS = 3_650 * 86_400_000;

/** Reads a length of time such as `90s`, `15m`, `12h` or `30d`. @returns ms */
export function duration(text: string): number {
  const [, count = "", unit = ""] = /^(\d+)([smhd])$/u.exec(text.trim()) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? 0);
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new InvalidArgumentError("It must be a time such as 90s, 15m, 12h or 30d, up to 3650d.");
}
