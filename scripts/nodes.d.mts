export const NODE_22: string;

export function nodeFile(version: string): string;
