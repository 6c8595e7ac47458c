import { catalogue, type QuantizedWeights, weightBytes } from "../../../src/models/index.js";
import { formatBytes } from "../../../src/platform/index.js";

/** The table in docs/models.md: a line for each quantization of each model. */
export function weightsTable(): string[] {
  return catalogue.flatMap(({ modelId, quantizations, shape }) =>
    quantizations.length === 0
      ? [row(modelId, "none", "", "", "", "")]
      : quantizations.map((choice) =>
          row(
            modelId,
            choice.quantization + (choice.files.length > 1 ? `, ${choice.files.length} parts` : ""),
            choice.repository,
            choice.revision?.slice(0, 7) ?? "asked",
            size(choice, weightBytes(choice, shape)),
            choice.files.every(({ sha256 }) => sha256 !== undefined) ? "known" : "asked",
          ),
        ),
  );
}

/** With `≈` if it is computed from parameters and bits per weight. */
function size({ files }: QuantizedWeights, bytes: number): string {
  const shown = files.every((file) => (file.bytes ?? file.roundedBytes) !== undefined);
  return `${shown ? "" : "≈ "}${formatBytes(bytes)}`;
}

function row(...cells: readonly string[]): string {
  const [id = "", ...rest] = cells;
  return `| ${[`\`${id}\``, ...rest].join(" | ")} |`;
}
