/**
 * What people ask first, each with a check that a program can make. A check says whether an answer is of use, not whether it is good.
 *
 * @typedef {object} Prompt
 * @property {string} name
 * @property {string} text - as `cria` sends it: the words, and below them what was piped
 * @property {(answer: string) => boolean} check
 */

const has =
  (...patterns) =>
  (answer) =>
    patterns.every((pattern) => pattern.test(answer));

const words = (answer) => answer.split(/\s+/u).filter((word) => word !== "").length;

const LIGHTHOUSE = `The lighthouse on the hill was built in 1871 and guided ships for more than a hundred years. When the harbour closed, \
the town wanted to tear it down. A group of neighbours raised the money to repair it, and today it is a small museum that \
ten thousand people visit every summer.`;

const MEETING = `Hi all, the budget meeting has moved from Tuesday to Thursday. It begins at 9:30 in room 12 and takes an hour. \
Please bring your figures for the last quarter. Coffee will be served afterwards. Regards, Maria`;

const FRUITS =
  /\b(apple|banana|orange|grape|strawberr|blueberr|raspberr|mango|pear|peach|pineapple|kiwi|cherr|lemon|lime|plum|melon|watermelon|papaya|apricot|fig)\w*/giu;

const distinct = (answer, pattern) =>
  new Set([...answer.toLowerCase().matchAll(pattern)].map(([, match]) => match)).size;

/** @type {readonly Prompt[]} */
export const prompts = [
  // facts
  { name: "capital", text: "What is the capital of France?", check: has(/\bParis\b/u) },
  { name: "author", text: "Who wrote Romeo and Juliet?", check: has(/Shakespeare/u) },
  { name: "formula", text: "What is the chemical formula of water?", check: has(/H2O|H₂O|H_2O/u) },
  { name: "days", text: "How many days are in a week?", check: has(/\b(7|seven)\b/iu) },
  { name: "sum", text: "What is 12 + 30?", check: has(/\b42\b/u) },
  { name: "planet", text: "What is the largest planet in the solar system?", check: has(/Jupiter/u) },
  { name: "war", text: "In which year did the Second World War end?", check: has(/1945/u) },
  { name: "language", text: "Which language do most people in Brazil speak?", check: has(/Portuguese/u) },
  // lists
  {
    name: "colours",
    text: "List the three primary colours.",
    check: has(/red/iu, /blue/iu, /yellow|green/iu),
  },
  { name: "fruits", text: "Name five fruits.", check: (answer) => distinct(answer, FRUITS) >= 5 },
  {
    name: "week",
    text: "List the days of the week.",
    check: has(/Monday/u, /Tuesday/u, /Wednesday/u, /Thursday/u, /Friday/u, /Saturday/u, /Sunday/u),
  },
  {
    name: "seasons",
    text: "Name the four seasons.",
    check: has(/spring/iu, /summer/iu, /autumn|fall/iu, /winter/iu),
  },
  {
    name: "count",
    text: "Count from 1 to 10.",
    check: has(/\b1\b.*\b2\b.*\b3\b.*\b4\b.*\b5\b.*\b6\b.*\b7\b.*\b8\b.*\b9\b.*\b10\b/su),
  },
  // rewriting
  {
    name: "past",
    text: "Rewrite in the past tense: I go to the market and buy bread.",
    check: has(/\bwent\b/u, /\bbought\b/u),
  },
  {
    name: "spelling",
    text: "Correct the spelling: I recieve a lot of mesages evry day.",
    check: has(/\breceive\b/u, /\bmessages\b/u, /\bevery\b/u),
  },
  {
    name: "polite",
    text: "Make this polite: Give me the report now.",
    check: has(/report/iu, /please|could you|would you|kindly/iu),
  },
  { name: "capitals", text: "Write this in capital letters: hello world", check: has(/HELLO,? WORLD/u) },
  // translation
  {
    name: "Spanish",
    text: "Translate into Spanish: Good morning, my friend.",
    check: has(/buenos d[ií]as/iu, /amig[oa]/iu),
  },
  { name: "French", text: "Translate into French: Thank you very much.", check: has(/merci/iu) },
  {
    name: "German",
    text: "Translate into German: The house is big.",
    check: has(/\bHaus\b/u, /gro(ß|ss)/u),
  },
  // code
  {
    name: "Python",
    text: "Write a line of Python that prints Hello.",
    check: has(/print\(\s*f?["']Hello/u),
  },
  {
    name: "JavaScript",
    text: "Write a JavaScript function that adds two numbers.",
    check: has(/function|=>/u, /\w\s*\+\s*\w/u),
  },
  // a piped paragraph, and the line in the README
  {
    name: "summary",
    text: `Sum this up in one sentence.\n\n${LIGHTHOUSE}`,
    check: (answer) => has(/lighthouse/iu)(answer) && words(answer) <= 45,
  },
  { name: "lookup", text: `When does the meeting begin?\n\n${MEETING}`, check: has(/9[:.]30/u) },
  {
    name: "one line",
    text: "Describe the purpose of a 'hello world' program in one line.",
    check: (answer) => has(/program|cod(e|ing)/iu)(answer) && words(answer) <= 60,
  },
];

/** Words in a row that no useful answer of this length has more than {@link MAX_REPEATS} times. */
const RUN = 5;
const MAX_REPEATS = 3;

/** Whether an answer goes round in circles. */
export function loops(answer) {
  const all = answer.toLowerCase().split(/\s+/u);
  const counts = new Map();
  for (let at = 0; at + RUN <= all.length; at++) {
    const run = all.slice(at, at + RUN).join(" ");
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return [...counts.values()].some((count) => count > MAX_REPEATS);
}
