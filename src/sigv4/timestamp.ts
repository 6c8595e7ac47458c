/**
 * Reads a time in the "basic" format of ISO 8601, as in `20150830T123600Z`.
 *
 * @returns ms since 1970; undefined where it is none
 */
export function parseTimestamp(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** Writes a time as {@link parseTimestamp} reads it. @param time - ms since 1970 */
export function formatTimestamp(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/gu, "");
}
