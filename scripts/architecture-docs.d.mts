import type { Check } from "../src/server/index.js";

export function renderRooms(): string;
export function renderChecks(checks: readonly Check[]): string;
export function renderArchitecture(text: string, checks: readonly Check[]): string;
