/**
 * Rows for a person, a line each; columns are as wide as their longest cell.
 *
 * @param numbers - columns that stand to the right
 */
export function table(rows: readonly (readonly string[])[], numbers: readonly number[] = []): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) =>
      numbers.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
  return rows.map((row) => `${line(row).join("  ").trimEnd()}\n`).join("");
}
