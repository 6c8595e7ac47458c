/** Keys under which people write a secret. */
const SECRETS: ReadonlySet<string> = new Set([
  ...["key", "apikey", "bearer", "token", "password", "secret", "secretkey", "accesskey", "credentials"],
  ...["authorization", "secretaccesskey", "accesskeyid", "sessiontoken", "bearertoken", "authtoken"],
]);

/** Whether a key is one for a secret, in any spelling. */
export function isSecretKey(key: string): boolean {
  return SECRETS.has(key.toLowerCase().replaceAll(/[-_ ]/gu, ""));
}

/** How the keys of well-known services begin, and what they are to the end; or a private key in PEM. */
const OF_SERVICES =
  /^(?:(?:sk|pk|rk|xai|gsk|csk|nvapi|glpat|fw|pplx|bedrock-api-key)[-_][\w-]{6,}|hf_\w{6,}|gh[opsu]_\w{6,}|(?:AKIA|ASIA|ABSK|ABIA|AIza|eyJ)[\w+/=.-]{12,})$|^-----BEGIN /u;

/** As an Authorization header has it. */
const WITH_SCHEME = /^(?:bearer|basic)\s+\S+$/iu;

/** Such as HF_API_TOKEN: words in capital letters. */
const VARIABLE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/u;

/** A path from a root, a folder or a drive, or a name with an extension. */
const PATH = /^(?:[\\/~]|\.{1,2}[\\/]|[A-Za-z]:[\\/])|\.[A-Za-z][A-Za-z0-9]{0,9}$/u;

/** 128 bits in 22 letters of base64 are the least that a service gives out; a little less is a key of one's own. Parts of names are shorter. */
const RANDOM_LENGTH = 16;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/**
 * Whether a text, where the name of a variable or of a file belongs, may be the secret itself: it is what services give out, or has a long part of mixed letters
 * and digits as no name has. For what is neither a variable nor a file here; names that people choose are told from keys by their words.
 */
export function looksLikeKey(text: string): boolean {
  if (VARIABLE.test(text)) return false;
  if (OF_SERVICES.test(text) || WITH_SCHEME.test(text) || UUID.test(text)) return true;
  if (PATH.test(text)) return false;
  // several words are no name of a file that people write without a path
  if (/\s/u.test(text.trim())) return true;
  return text.split(/[-_/\\.]/u).some(isRandom);
}

function isRandom(part: string): boolean {
  if (part.length < RANDOM_LENGTH) return false;
  const hasDigits = /\d/u.test(part) && /[a-z]/iu.test(part);
  return hasDigits || (/[a-z][A-Z]/u.test(part) && /[A-Z]{2}/u.test(part));
}
