import { InvalidOriginError } from "../errors.js";

/** Any origin. */
const ANY = "*";

/** Of an origin with a scheme that isn't the web's, such as an extension's. */
const OTHER_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s*]+$/u;

/**
 * The origins whose pages may call.
 *
 * @param allowed - such as `https://app.example.com`, or `*` for any
 * @param anyoneMayCall - whether callers need no key. `*` is refused then: every page that a person visits could call.
 * @returns whether a page of this origin may call
 * @throws {InvalidOriginError} one of `allowed` isn't an origin, or isn't allowed here.
 */
export function allowedOrigins(
  allowed: readonly string[],
  anyoneMayCall: boolean,
): (origin: string) => boolean {
  if (allowed.includes(ANY) && anyoneMayCall) {
    throw new InvalidOriginError(
      ANY,
      "without keys, every page that you visit could call. Name the origins, or ask for keys (`--auth keys`)",
    );
  }
  const origins = new Set(allowed.filter((one) => one !== ANY).map(readOrigin));
  if (allowed.includes(ANY)) return () => true;
  return (origin) => origins.has(origin.toLowerCase());
}

/** As browsers write it: in lower case, without the scheme's own port. */
function readOrigin(text: string): string {
  const trimmed = text.trim().replace(/\/$/u, "").toLowerCase();
  const isWeb = /^https?:[^*]+$/u.test(trimmed);
  const { origin, pathname, search, hash, username, password } =
    (URL.canParse(trimmed) && new URL(trimmed)) || NO_URL;
  if (isWeb && pathname === "/" && search + hash + username + password === "") return origin;
  if (!isWeb && OTHER_ORIGIN.test(trimmed)) return trimmed;
  throw new InvalidOriginError(
    text,
    "write a scheme, a host and perhaps a port, as in https://app.example.com or http://localhost:5173",
  );
}

const NO_URL = { origin: "", pathname: "", search: "", hash: "", username: "", password: "" };
