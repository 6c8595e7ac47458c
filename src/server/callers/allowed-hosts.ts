import { isIP } from "node:net";
import { hostname } from "node:os";

import { InvalidHostError } from "../errors.js";

/** Names that lead to this machine, whoever resolves them. Docker resolves the second one in its containers. */
const OWN_NAMES = ["localhost", "host.docker.internal"];

/** What decides which hosts a request may name. */
export interface AllowedHostsOptions {
  /** The host that the server listens on. */
  readonly host: string;
  /** Whether the server's certificate names a host. */
  readonly isInCertificate: (name: string) => boolean;
  /** Further names; `*.` at the start stands for any name below. */
  readonly allowed: readonly string[];
  /** This machine's name. @default os.hostname() */
  readonly machine?: string;
}

/**
 * The hosts that a request may name where anyone may call.
 *
 * A page in a browser reaches a server on this machine by its own name, once that name resolves to this machine (DNS rebinding); the
 * browser then takes both for one site and lets the page read the answers. The `Host` header has the page's name. An IP address can't be
 * rebound.
 *
 * @returns whether a host, in lower case and without its port, may be named
 * @throws {InvalidHostError} one of `allowed` isn't the name of a host.
 */
export function allowedHosts({
  host,
  isInCertificate,
  allowed,
  machine = hostname(),
}: AllowedHostsOptions): (name: string) => boolean {
  const own = machine.toLowerCase();
  const given = allowed.map(readName);
  const names = new Set([...OWN_NAMES, host.toLowerCase(), own, own.split(".")[0] ?? own, ...given]);
  const below = [".localhost", ...given.filter((name) => name.startsWith("*.")).map((name) => name.slice(1))];
  return (name) =>
    isIP(name) !== 0 ||
    names.has(name) ||
    below.some((end) => name.endsWith(end) && name.length > end.length) ||
    isInCertificate(name);
}

/** `*.` may stand before a name. */
const NAME = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/u;

function readName(text: string): string {
  const name = text.trim().toLowerCase().replace(/\.$/u, "");
  if (isIP(name) !== 0 || NAME.test(name)) return name;
  throw new InvalidHostError(text);
}
