/**
 * Puts texts one after the other, as sentences: each gets the full stop that it lacks. One that those before say already, or that is empty, is left out.
 *
 * @returns "" for nothing but empty texts
 */
export function sentences(...texts: readonly string[]): string {
  let all = "";
  for (const text of texts.map((each) => each.trim())) {
    if (text === "" || all.includes(text)) continue;
    const end = /[.!?…:](?:["')\]]*)$/u.test(text) ? "" : ".";
    all += `${all === "" ? "" : " "}${text}${end}`;
  }
  return all;
}
