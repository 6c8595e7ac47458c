import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

import { expect, it } from "vitest";

const pages = [
  ...readdirSync(".").filter((name) => name.endsWith(".md")),
  ...["docs", "deploy", "examples", "test"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !/(?:^|[\\/])(?:node_modules|api)[\\/]/u.test(name))
      .map((name) => join(folder, name)),
  ),
];

const withoutCode = (text: string) =>
  text.replaceAll(/^```[\s\S]*?^```/gmu, "").replaceAll(/`[^`\n]*`/gu, "");

/** The name of a heading in a link, as GitHub makes it. */
function anchorOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, "$1").toLowerCase();
  return text.replaceAll(/[^\p{Letter}\p{Number} _-]/gu, "").replaceAll(" ", "-");
}

function anchorsOf(page: string): readonly string[] {
  const text = readFileSync(page, "utf8").replaceAll(/^```[\s\S]*?^```/gmu, "");
  return [...text.matchAll(/^#+ +(.*?) *$/gmu)].map(([, heading = ""]) => anchorOf(heading));
}

it.each(pages)("the links of %s lead to files and headings that there are", (page) => {
  const text = withoutCode(readFileSync(page, "utf8"));
  const broken = [...text.matchAll(/\]\(([^)\s]+)\)/gu)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/iu.test(target))
    .filter((target) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : join(dirname(page), decodeURIComponent(path));
      if (!existsSync(file)) return true;
      return anchor !== undefined && statSync(file).isFile() && !anchorsOf(file).includes(anchor);
    });
  expect(broken).toEqual([]);
});
