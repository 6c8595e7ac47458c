import { clearResults } from "./results.js";

/** The table is made of what this run finds out. */
export default function setup(): void {
  clearResults();
}
