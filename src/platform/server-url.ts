/**
 * What is wrong with the URL of a server, to follow its name; it doesn't repeat the URL, in which people write keys.
 *
 * @returns undefined if it is an http or https URL without a user, a password, a query or a fragment: what these hold would be a secret, or ignored
 */
export function serverUrlProblem(text: string): string | undefined {
  if (!/^https?:\/\/./iu.test(text) || !URL.canParse(text))
    return "isn't a URL that begins with http:// or https://";
  const { username, password, search, hash } = new URL(text);
  return username + password + search + hash === "" && !/[?#]/u.test(text)
    ? undefined
    : "has a user, a key, a `?` or a `#`, which don't belong into it";
}
