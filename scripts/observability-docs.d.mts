import type { Definition } from "../src/server/metrics/index.js";

export function renderObservability(text: string, definitions: Readonly<Record<string, Definition>>): string;
