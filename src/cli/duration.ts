import { InvalidArgumentError } from "commander";

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
