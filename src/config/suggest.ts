/** How many letters of a word may be wrong so that another one was probably meant: a third. */
const WRONG_PART = 1 / 3;

/** What is shorter begins too many words. */
const LEAST_BEGINNING = 3;

/**
 * The word that was probably meant: one that begins so, or that it begins with, or that differs in a few letters.
 *
 * @returns undefined if none is close
 */
export function closest(word: string, words: readonly string[]): string | undefined {
  const typed = plain(word);
  const beginning = words.find((each) => begins(typed, plain(each)) || begins(plain(each), typed));
  if (beginning !== undefined) return beginning;
  const [best] = words
    .map((each) => ({ each, wrong: distance(typed, plain(each)) }))
    .filter(({ each, wrong }) => wrong <= each.length * WRONG_PART)
    .sort((a, b) => a.wrong - b.wrong);
  return best?.each;
}

function begins(short: string, long: string): boolean {
  return short.length >= LEAST_BEGINNING && long.startsWith(short);
}

/** Words in other spellings are the same: `allow_hosts`, `allow-hosts`, `AllowHosts`. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/gu, "");
}

/** The letters to insert, delete or replace to make one word of another (Levenshtein's distance). */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > other.length) return Infinity;
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 0; i < one.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) {
      const replaced = (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? Infinity;
}
