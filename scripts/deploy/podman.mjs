// Podman with storage of its own in .cache/deploy: nothing of this machine's images and containers is used or changed. It needs no daemon.
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { isInstalled, run } from "./tools.mjs";

/** Podman, crun and runc run containers; the others make base images. */
const NEEDED = ["podman", "runc", "debootstrap", "ip", "npm"];

/** Open files, and processes of a user: enough for a server with thousands of connections. */
const MOST = 20_000;

/** @returns why containers can't be run here, as a sentence; undefined if they can */
export function whyNoContainers() {
  if (process.platform !== "linux" || process.getuid() !== 0)
    return "Only root on Linux can make base images, and run containers in a network namespace.";
  const missing = NEEDED.filter((name) => !isInstalled(name));
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} isn't installed. On Debian: apt-get install --no-install-recommends podman runc debootstrap iproute2`;
}

/** Runs podman. */
export class Podman {
  #options;
  #env;

  /** @param folder where images and containers are kept */
  constructor(folder) {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "containers.conf");
    // podman would set more than a sandbox may allow
    const limits = Object.entries({ nofile: "n", nproc: "u" }).map(([name, flag]) => {
      const hard = Number(run("bash", ["-c", `ulimit -H${flag}`]).stdout.trim());
      const most = Number.isInteger(hard) ? Math.min(hard, MOST) : MOST;
      return `"${name}=${most}:${most}"`;
    });
    const engine = ['cgroup_manager = "cgroupfs"', 'events_logger = "file"', 'runtime = "runc"'];
    writeFileSync(
      file,
      `[containers]\ndefault_ulimits = [${limits.join(", ")}]\n[engine]\n${engine.join("\n")}\n`,
    );
    this.#options = ["--root", join(folder, "storage"), "--runroot", join(folder, "run")];
    this.#env = { ...process.env, CONTAINERS_CONF: file };
  }

  /** Runs a command to its end. @see run */
  run(args, options = {}) {
    return run("podman", [...this.#options, ...args], { env: this.#env, ...options });
  }

  /** Starts a command, and returns its process. */
  start(args, options = {}) {
    return spawn("podman", [...this.#options, ...args], { env: this.#env, stdio: "pipe", ...options });
  }

  /** Whether an image is there. */
  hasImage(name) {
    return this.run(["image", "exists", name], { check: false }).status === 0;
  }

  /** The value of a Go template about a container or an image. */
  inspect(name, format) {
    return this.run(["inspect", "--format", format, name]).stdout.trim();
  }

  /** Removes a container, also a running one; nothing happens if there is none. */
  remove(name) {
    this.run(["rm", "--force", "--time", "0", "--volumes", name], { check: false });
  }

  /** Makes an image of a folder. */
  importFolder(folder, name) {
    const archive = `${folder}.tar`;
    run("tar", ["-C", folder, "-cf", archive, "."]);
    this.run(["import", "--quiet", archive, name]);
    rmSync(archive);
  }
}
