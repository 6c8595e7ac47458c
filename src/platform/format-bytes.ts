const MEGABYTE = 1_000_000;
const GIGABYTE = 1_000_000_000;

/** A size for a person, in decimal units as download pages show them: `98 MB`, `4.9 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= GIGABYTE) return `${(bytes / GIGABYTE).toFixed(1)} GB`;
  if (bytes >= MEGABYTE) return `${Math.round(bytes / MEGABYTE)} MB`;
  return `${bytes} bytes`;
}
