import { clearResults } from "./results.js";

/** The table has the results of this run only. */
export default function setup(): void {
  clearResults();
}
