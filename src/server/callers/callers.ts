import { X509Certificate } from "node:crypto";

import { BedrockException } from "../../bedrock/index.js";
import type { AuthMode } from "../access/index.js";
import type { RequestEvent } from "../observe/index.js";
import type { Header } from "../transport/index.js";
import { allowedHosts } from "./allowed-hosts.js";
import { allowedOrigins } from "./allowed-origins.js";
import { corsHeaders } from "./cors.js";

/** The parts of a request that tell whether a page in a browser sent it. */
export interface Caller {
  /** The host that it names; undefined if it doesn't name exactly one. */
  readonly host: string | undefined;
  header(name: string): string | undefined;
}

/** A caller that may be refused: the log is told. */
export interface CheckedCaller extends Caller {
  emit(event: RequestEvent): void;
}

/** Which callers a server answers. */
export interface CallersOptions {
  /** The host that the server listens on. */
  readonly host: string;
  readonly auth: AuthMode;
  /** The server's certificate, in PEM; undefined if TLS is off. */
  readonly certificate: string | undefined;
  /** Further names of hosts that requests may name. */
  readonly allowHosts: readonly string[];
  /** The origins whose pages may call. */
  readonly allowOrigins: readonly string[];
}

/** `Sec-Fetch-Site` of a request that a page of another site, or of another host of this one, made. */
const OTHER_SITES: ReadonlySet<string | undefined> = new Set(["cross-site", "same-site"]);

/**
 * Keeps pages in browsers out, for they reach every server on the machine of the person who visits them: by a name that resolves to
 * this machine, and with requests that browsers send without asking first. Programs send none of the headers that are checked here.
 */
export class Callers {
  readonly #isHostAllowed: (name: string) => boolean;
  readonly #isOriginAllowed: (origin: string) => boolean;
  readonly #answersPages: boolean;

  /** @throws {InvalidHostError} {@link InvalidOriginError} an entry of `allowHosts` or `allowOrigins` can't be used. */
  constructor({ host, auth, certificate, allowHosts, allowOrigins }: CallersOptions) {
    const parsed = certificate === undefined ? undefined : new X509Certificate(certificate);
    const isNamed = allowedHosts({
      host,
      isInCertificate: (name) => parsed?.checkHost(name) !== undefined,
      allowed: allowHosts,
    });
    // where keys are asked for, a page has none; and clusters call by names that nobody can list
    this.#isHostAllowed = auth === "keys" ? () => true : isNamed;
    this.#isOriginAllowed = allowedOrigins(allowOrigins, auth === "none");
    this.#answersPages = allowOrigins.length > 0;
  }

  /**
   * Resolves nothing and reads no body: a refused request costs a few comparisons.
   *
   * @throws {BedrockException} the request names no host, or one that isn't allowed; or a page sent it whose origin isn't allowed.
   */
  check(caller: CheckedCaller): void {
    const { host } = caller;
    // check: caller
    if (host === undefined) {
      refuseCaller(
        caller,
        "The request must name exactly one host, in its Host header or its :authority.",
        "ValidationException",
      );
    }
    if (!this.#isHostAllowed(host)) {
      refuseCaller(
        caller,
        `The host ${host} isn't one of this server's. If it should be, start the server with \`--allow-host ${host}\`.`,
      );
    }
    const origin = caller.header("origin");
    if (origin === undefined) {
      if (!OTHER_SITES.has(caller.header("sec-fetch-site"))) return;
      refuseCaller(
        caller,
        "Web pages of other sites can't call this server. If one should, start the server with `--allow-origin` and the page's origin.",
      );
    }
    if (this.#isOriginAllowed(origin)) return;
    refuseCaller(
      caller,
      origin === "null"
        ? "A web page without an origin of its own (`Origin: null`) can't call this server. Serve the page over HTTP, and start this server with `--allow-origin` and the page's origin."
        : `Web pages of ${origin} can't call this server. If they should, start the server with \`--allow-origin ${origin}\`.`,
    );
  }

  /**
   * The headers that let the page that sent a request read the answer: none if no page may call.
   *
   * @param headers - the answer's own
   */
  headers(caller: Caller, headers: readonly Header[]): readonly Header[] {
    if (!this.#answersPages) return [];
    const origin = caller.header("origin");
    return corsHeaders(origin !== undefined && this.#isOriginAllowed(origin) ? origin : undefined, headers);
  }
}

/**
 * Refuses a caller by who it is, whatever it asks for.
 *
 * @param message - why, and what whoever runs the server can do, who reads it in the log
 */
export function refuseCaller(
  caller: CheckedCaller,
  message: string,
  type: "AccessDeniedException" | "ValidationException" = "AccessDeniedException",
): never {
  caller.emit({ type: "callerRefused", advice: message });
  throw new BedrockException(type, message);
}
