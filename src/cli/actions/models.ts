import { type ListedModel, listModels } from "../../models/index.js";
import { formatBytes } from "../../store/index.js";
import type { ModelsOptions } from "../commands/models.js";
import { ExitCode } from "../exit-code.js";
import { print } from "../output.js";

/** `cria models`: what is here, its size, and where. */
export async function models({ json }: ModelsOptions): Promise<number> {
  const found = await listModels();
  await print(json ? `${JSON.stringify(found.map(forPrograms), undefined, 2)}\n` : table(found));
  return ExitCode.ok;
}

/** What stays the same when the catalogue grows. */
function forPrograms({ name, path, here, bytes, partialBytes }: ListedModel) {
  return { name, path, here, bytes, partialBytes };
}

/** One line a model; columns are as wide as their longest cell. */
function table(found: readonly ListedModel[]): string {
  const rows = found.map((model) => [model.name, formatBytes(model.bytes), where(model)]);
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = [width(0), width(1)];
  return rows
    .map(([name = "", size = "", place = ""]) => {
      return `${name.padEnd(widths[0] ?? 0)}  ${size.padStart(widths[1] ?? 0)}  ${place}\n`;
    })
    .join("");
}

function where({ here, path, partialBytes }: ListedModel): string {
  if (here) return path;
  return partialBytes > 0
    ? `${formatBytes(partialBytes)} fetched so far; \`cria setup\` fetches the rest`
    : "not here yet; `cria setup` fetches it";
}
