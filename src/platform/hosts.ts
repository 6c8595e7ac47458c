import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether a server that listens on this host can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  return version === 0
    ? host.toLowerCase() === "localhost"
    : loopback.check(host, version === 4 ? "ipv4" : "ipv6");
}

/** The URL at which this machine reaches a server that listens on `host`. */
export function urlOf(host: string, port: number, scheme: "http" | "https" = "http"): string {
  // a server can listen on "any address", but a client cannot connect to it
  if (host === "0.0.0.0") return `${scheme}://127.0.0.1:${port}`;
  if (host === "::") return `${scheme}://[::1]:${port}`;
  return `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** The name of a host: labels of letters, digits, hyphens and, on some networks, underscores. */
const HOST_NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/u;

/** Whether a text is an address, or looks like the name of a host: nothing before it or behind it, such as a scheme or a port. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || HOST_NAME.test(text);
}
