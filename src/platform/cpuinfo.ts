/**
 * The physical cores behind those logical CPUs that `isAllowed` names.
 *
 * Two hyperthreads of a core share its vector units, which llama.cpp keeps busy: a thread on each is no faster, and they wait
 * for each other at every layer.
 *
 * @param cpuinfo - the text of Linux's `/proc/cpuinfo`. On ARM it names no cores; each CPU counts as one then.
 */
export function physicalCores(cpuinfo: string, isAllowed: (cpu: number) => boolean): number {
  const cores = new Set<string>();
  for (const block of cpuinfo.split(/\n\s*\n/u)) {
    const fields = new Map(
      block.split("\n").map((line) => {
        const [name = "", ...value] = line.split(":");
        return [name.trim(), value.join(":").trim()];
      }),
    );
    const cpu = fields.get("processor");
    // ARM's last block describes the board and has no number; old kernels wrote a name there
    if (cpu === undefined || !/^\d+$/u.test(cpu) || !isAllowed(Number(cpu))) continue;
    const core = fields.get("core id");
    cores.add(core === undefined ? `cpu ${cpu}` : `${fields.get("physical id") ?? "0"} ${core}`);
  }
  return cores.size;
}
