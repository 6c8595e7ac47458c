/**
 * The median with the lowest and the highest value, such as `0.98 (0.95 … 1.02)`.
 *
 * @param {readonly number[]} values
 * @param {number} digits - after the point
 */
export function spread(values, digits) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)].toFixed(digits);
  return `${at(0.5)} (${at(0)} … ${at(1)})`;
}
