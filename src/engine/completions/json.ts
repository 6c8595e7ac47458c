/** A member of a JSON value that another program wrote; undefined if it hasn't one. */
export function member(value: unknown, ...path: readonly (string | number)[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string | number, unknown>)[name];
  }
  return at;
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The message of a server's error object: `{"error":{"message":…}}`, `{"error":"…"}`, `{"message":…}` or `{"detail":…}`. */
export function errorText(value: unknown): string | undefined {
  return (
    text(member(value, "error", "message")) ??
    text(member(value, "error")) ??
    text(member(value, "message")) ??
    text(member(value, "detail"))
  );
}
