import type { Command } from "commander";

import { ExitCode, type OnExitCode } from "../exit-code.js";
import { print, printJson } from "../output.js";

/** Options of `cria doctor`. */
export interface DoctorOptions {
  readonly offline?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  cria doctor
  cria doctor --offline              without asking the npm registry and the hub
  cria doctor --json | jq -r '.sections[].findings[] | select(.status != "ok") | .text'

The exit code is 0 if \`cria "..."\` would work, else 1. No password or key is printed.`;

/** Defines `cria doctor`. */
export function defineDoctor(program: Command, onExitCode: OnExitCode): void {
  program
    .command("doctor")
    .description(
      "Look at machine, engine, GPU, models and network, and say what to do where something is wrong.",
    )
    .option("--offline", "leave the network alone")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(async ({ offline = false, json = false }: DoctorOptions) => {
      const [{ examine, reportText }, { criaHome }] = await Promise.all([
        import("../doctor/index.js"),
        import("../../store/index.js"),
      ]);
      const report = await examine({ env: process.env, home: criaHome(), offline });
      await (json ? printJson(report) : print(reportText(report)));
      onExitCode(report.works ? ExitCode.ok : ExitCode.failure);
    });
}
