export function renderProtocol(text: string): Promise<string>;
