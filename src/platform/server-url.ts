/** What is wrong with the URL of a server. */
export interface ServerUrlProblem {
  /** Whether it is an http or https URL, of which a part doesn't belong into it. */
  readonly isUrl: boolean;
  /** To follow its name. They don't repeat the URL, in which people write keys. */
  readonly words: string;
}

const NO_URL: ServerUrlProblem = { isUrl: false, words: "isn't a URL that begins with http:// or https://" };
const TOO_MUCH: ServerUrlProblem = {
  isUrl: true,
  words: "has a user, a key, a `?` or a `#`, which don't belong into it",
};

/** @returns undefined if it is an http or https URL without a user, a password, a query or a fragment: what these hold would be a secret, or ignored */
export function serverUrlProblem(text: string): ServerUrlProblem | undefined {
  if (!/^https?:\/\/./iu.test(text) || !URL.canParse(text)) return NO_URL;
  const { username, password } = new URL(text);
  return username + password === "" && !/[?#]/u.test(text) ? undefined : TOO_MUCH;
}
