/** Keys under which people write a secret. */
const SECRETS: ReadonlySet<string> = new Set([
  ...["key", "apikey", "bearer", "token", "password", "secret", "secretkey", "accesskey", "credentials"],
  ...["authorization", "secretaccesskey", "accesskeyid", "sessiontoken", "bearertoken", "authtoken"],
]);

/** Whether a key is one for a secret, in any spelling. */
export function isSecretKey(key: string): boolean {
  return SECRETS.has(key.toLowerCase().replaceAll(/[-_ ]/gu, ""));
}

/** How the keys of well-known services begin, in an Authorization header, or as a private key in PEM. */
const BEGINNING =
  /^(?:(?:sk|pk|rk|xai|gsk|csk|nvapi|glpat|fw|pplx|bedrock-api-key)[-_][\w-]{6,}|hf_\w{6,}|gh[opsu]_\w{6,}|(?:AKIA|ASIA|ABSK|ABIA|AIza|eyJ)[\w+/=.-]{12,}|bearer\s|basic\s|-----BEGIN )/iu;

/** 128 bits in 22 letters of base64 are the least that a service gives out; a little less is a key of one's own. Parts of names are shorter. */
const RANDOM_LENGTH = 16;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/**
 * Whether a text, where the name of a variable or of a file belongs, may be the secret itself: it begins as keys do, or has a long part of mixed letters and
 * digits as no name has. For what is neither a variable nor a file here; names that people choose are told from keys by their words.
 */
export function looksLikeKey(text: string): boolean {
  if (BEGINNING.test(text) || UUID.test(text) || /\s/u.test(text.trim())) return true;
  // paths and names of files
  if (/[\\/.]/u.test(text)) return false;
  return text
    .split(/[-_]/u)
    .some(
      (part) =>
        part.length >= RANDOM_LENGTH &&
        ((/\d/u.test(part) && /[a-z]/iu.test(part)) || (/[a-z][A-Z]/u.test(part) && /[A-Z]{2}/u.test(part))),
    );
}
