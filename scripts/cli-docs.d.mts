import type { Command } from "commander";

export function renderCliDocs(program: Command): string;
