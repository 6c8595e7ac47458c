/** Tells that another model answered than the one asked for: never hidden, said once. */
export function standInNotice(standIn: string, asked: string): string {
  return `${standIn} answers in place of ${asked}, whose weights aren't on this machine (--strict refuses this)`;
}
