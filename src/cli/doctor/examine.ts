import { printableLine } from "../../platform/index.js";
import { checkEngine } from "./engine.js";
import { type Finding, messageOf, problem, type Section, type Surroundings } from "./finding.js";
import { checkHome } from "./home.js";
import { checkMachine } from "./machine.js";
import { checkModels } from "./models.js";
import { checkNetwork } from "./network.js";

/** How long a section may take, in ms. The checks have shorter deadlines of their own; this one is for what nobody thought of. */
const SECTION_MS = 30_000;

/** In the order in which they are printed. */
const CHECKS: readonly (readonly [string, (around: Surroundings) => Promise<Finding[]>])[] = [
  ["Machine", checkMachine],
  ["Cria's folder", checkHome],
  ["Engine", checkEngine],
  ["Models", checkModels],
  ["Network", checkNetwork],
];

/** What `cria doctor` found. */
export interface Report {
  /** Whether `cria "…"` would work. */
  readonly works: boolean;
  readonly sections: readonly Section[];
}

/** Examines everything at once. A check that fails, or hangs, is itself a finding. */
export async function examine(around: Surroundings): Promise<Report> {
  const sections = await Promise.all(
    CHECKS.map(async ([title, check]) => ({ title, findings: await findingsOf(check, around) })),
  );
  return judge(sections, around.offline);
}

async function findingsOf(
  check: (around: Surroundings) => Promise<Finding[]>,
  around: Surroundings,
): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding[]>((resolve) => {
    const finding = problem("check", `didn't end within ${SECTION_MS / 1000} s`, "Please report this.");
    timer = setTimeout(() => resolve([finding]), SECTION_MS);
  });
  try {
    return await Promise.race([check(around), late]);
  } catch (error) {
    return [problem("check", messageOf(error), "Please report this.")];
  } finally {
    clearTimeout(timer);
  }
}

/** What must be fetched, and from where. Where it can't be, its absence is a problem. */
const SOURCES: readonly (readonly [missing: string, sources: readonly string[]])[] = [
  ["engine", ["npm", "registry"]],
  // without the hub, the stand-in comes from a Python package
  ["stand-in", ["hub", "registry"]],
];

/** Decides whether `cria "…"` would work: a warning about what is missing is a problem where it can't be fetched. */
export function judge(sections: readonly Section[], offline: boolean): Report {
  const all = sections.flatMap(({ findings }) => findings);
  const bad = (name: string) => all.some((each) => each.name === name && each.status !== "ok");
  const cantFetch = (name: string) =>
    SOURCES.some(([missing, sources]) => {
      if (missing !== name) return false;
      if (offline) return true;
      return name === "engine" ? sources.some(bad) : sources.every(bad);
    });
  const judged = sections.map(({ title, findings }) => ({
    title,
    findings: findings.map((each) =>
      each.status === "warning" && cantFetch(each.name) ? { ...each, status: "problem" as const } : each,
    ),
  }));
  const works = judged.every(({ findings }) => findings.every(({ status }) => status !== "problem"));
  return { works, sections: judged };
}

const MARKS = { ok: "ok", warning: "warning", problem: "PROBLEM" } as const;

/** The report as text: a block for each section, a line for each finding, and below it what to do. */
export function reportText({ works, sections }: Report): string {
  const blocks = sections.map(({ title, findings }) => [title, ...findings.map(line)].join("\n"));
  const advised = sections.flatMap(({ findings }) => findings).filter(({ status }) => status !== "ok").length;
  const rest = advised > 0 ? " See the lines with an arrow." : "";
  const verdict = works ? `\`cria "…"\` works here.${rest}` : `\`cria "…"\` doesn't work here.${rest}`;
  return `${[...blocks, verdict].join("\n\n")}\n`;
}

function line({ status, name, text, advice }: Finding): string {
  // variables, paths and names come from anywhere, and a report is copied elsewhere
  const head = `  ${MARKS[status].padEnd(8)} ${name.padEnd(10)} ${printableLine(text)}`;
  return advice === undefined ? head : `${head}\n${" ".repeat(22)}→ ${advice}`;
}
