// Builds deploy/Dockerfile with podman, runs what it made as it is meant to run, and looks.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
  chownSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { makeBaseImages } from "./base-images.mjs";
import { attempting, equal, until } from "./checks.mjs";
import { Podman, whyNoContainers } from "./podman.mjs";
import { run } from "./tools.mjs";

/** The image's user. */
const USER = 10001;

const MODEL = "meta.llama3-2-1b-instruct-v1:0";
const CRIA = "http://127.0.0.1:2742";
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A container started as deploy/compose.yaml and the chart start it. */
const HARDENED = [
  "--read-only",
  "--read-only-tmpfs=false",
  "--cap-drop=all",
  "--security-opt=no-new-privileges",
];

/**
 * Builds both targets and runs them.
 *
 * @param options.root the repository
 * @param options.cache a folder that is kept
 * @param options.report called with the name of each check, and what is wrong, or undefined
 */
export async function checkImage({ root, cache, report }) {
  const why = whyNoContainers();
  if (why !== undefined) return report("containers can be run here", why);
  const podman = new Podman(join(cache, "podman"));
  makeBaseImages(podman, join(cache, "base"));
  const work = mkdtempSync(join(tmpdir(), "cria-image-"));
  const world = new World(podman, work);
  const attempt = attempting(report);
  try {
    await checkGateway({ root, podman, world, work, attempt });
    await checkLocal({ root, podman, world, cache, attempt });
  } finally {
    world.end();
    rmSync(work, { recursive: true, force: true });
  }
}

/** A network of its own, with nothing but loopback, and what runs in it: containers never reach this machine's servers, or the other way. */
class World {
  name = `cria-${process.pid}`;
  #podman;
  #running = [];
  #containers = [];
  #volumes = [];

  constructor(podman) {
    this.#podman = podman;
    run("ip", ["netns", "add", this.name]);
    run("ip", ["netns", "exec", this.name, "ip", "link", "set", "lo", "up"]);
  }

  /** Starts a Node program inside; resolves once it has printed a line. */
  async start(...args) {
    const child = spawn("ip", ["netns", "exec", this.name, process.execPath, ...args], { stdio: "pipe" });
    this.#running.push(child);
    await new Promise((resolve, reject) => {
      child.stdout.once("data", resolve);
      child.once("exit", (code) => reject(new Error(`${args[0]} ended with ${code}`)));
    });
    return child;
  }

  /** Runs the program with the AWS SDK inside. */
  client(args, env = {}) {
    const child = spawn(
      "ip",
      ["netns", "exec", this.name, process.execPath, script("stream-client.mjs"), ...args],
      {
        stdio: "pipe",
        env: { ...process.env, AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none", ...env },
      },
    );
    this.#running.push(child);
    let text = "";
    child.stdout.on("data", (data) => (text += data));
    const lines = () =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    const ended = new Promise((resolve) => child.once("close", resolve)).then(lines);
    return { ended, text: () => text };
  }

  /** The status and the body of a page inside; status 0 if nothing answers. */
  get(url) {
    const code = `fetch(${JSON.stringify(url)}).then(async (r) => console.log(JSON.stringify([r.status, await r.text()])), () => console.log('[0,""]'))`;
    const { stdout } = run("ip", ["netns", "exec", this.name, process.execPath, "-e", code]);
    const [status, body] = JSON.parse(stdout);
    return { status, body };
  }

  /** Starts a container inside, in the background. */
  container(name, args) {
    this.#podman.remove(name);
    this.#containers.push(name);
    this.#podman.run(["run", "--detach", "--name", name, `--network=ns:/run/netns/${this.name}`, ...args]);
  }

  /** A new, empty volume. */
  volume(name) {
    this.#podman.run(["volume", "rm", "--force", name], { check: false });
    this.#podman.run(["volume", "create", name]);
    this.#volumes.push(name);
    return name;
  }

  end() {
    for (const name of this.#containers) this.#podman.remove(name);
    for (const name of this.#volumes) this.#podman.run(["volume", "rm", "--force", name], { check: false });
    for (const child of this.#running) child.kill("SIGKILL");
    run("ip", ["netns", "delete", this.name], { check: false });
  }
}

async function checkGateway({ root, podman, world, work, attempt }) {
  const image = "localhost/cria:gateway";
  await attempt("the image is built", () => build(podman, root, ["--tag", image]));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const config = (format) => podman.inspect(image, format);
  await attempt("the image runs as a user with a number, and says what it is", () => {
    equal(config("{{.Config.User}}"), `${USER}:${USER}`);
    equal(config("{{.Config.StopSignal}}"), "SIGTERM");
    equal(config('{{index .Labels "org.opencontainers.image.version"}}'), version);
  });
  await attempt("its packages are those of the lock file, with the ones that traces need", () => {
    const args = ["run", "--rm", "--network=none", "--entrypoint=cat", image];
    const file = "/opt/cria/node_modules/.package-lock.json";
    const { packages } = JSON.parse(podman.run([...args, file]).stdout);
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
    const others = Object.entries(packages).filter(([name, { version }]) => version !== lock[name]?.version);
    equal(others.map(([name]) => name).join(", "), "");
    for (const name of Object.keys(lock[""].peerDependencies))
      equal(`node_modules/${name}` in packages, true);
    equal("node_modules/typescript" in packages, false);
  });
  await attempt("the image has no npm, no npx, no compiler and no source", () => {
    const code =
      "for name in npm npx yarn corepack cc python3 tsc; do command -v $name; done; find / -xdev -name npm -o -xdev -path '*/cria/src'; true";
    const found = podman.run([
      "run",
      "--rm",
      "--network=none",
      "--user=0",
      "--entrypoint=sh",
      image,
      "-c",
      code,
    ]).stdout;
    equal(found.trim(), "");
  });
  console.log(`        ${(Number(config("{{.Size}}")) / 1e6).toFixed(0)} MB`);

  const key = randomBytes(16).toString("hex");
  const keyFile = join(work, "vllm_key");
  writeFileSync(keyFile, key, { mode: 0o444 });
  await world.start(script("stand-ins.mjs"), "vllm", "8000", key);
  const home = world.volume(`${world.name}-home`);
  const onHome = `--volume=${home}:/var/lib/cria`;
  let credentials = {};
  await attempt("`cria keys create` writes into a new volume", () => {
    const args = ["run", "--rm", "--network=none", ...HARDENED, onHome, image, "keys", "create", "--json"];
    const made = JSON.parse(podman.run(args).stdout);
    credentials = { AWS_ACCESS_KEY_ID: made.accessKeyId, AWS_SECRET_ACCESS_KEY: made.secretAccessKey };
  });
  const name = `${world.name}-gateway`;
  // as in compose.yaml
  const mounts = [
    `--volume=${join(root, "deploy/cria.yaml")}:/etc/cria/cria.yaml:ro`,
    `--volume=${keyFile}:/run/secrets/vllm_key:ro`,
    "--add-host=vllm:127.0.0.1",
  ];
  const serve = ["serve", "--config=/etc/cria/cria.yaml"];
  await attempt("it starts with deploy/cria.yaml and a read-only root, and is ready", async () => {
    world.container(name, [...HARDENED, onHome, ...mounts, image, ...serve, "--drain-delay=1", "--grace=30"]);
    await until(
      () => world.get(`${CRIA}/health/ready`).status === 200,
      () => logs(podman, name),
    );
    equal(world.get(`${CRIA}/health/live`).status, 200);
  });
  await attempt("it is process 1, without root and without privileges", () => {
    const status = inside(podman, name, "cat /proc/1/status");
    for (const line of [
      `Uid:\t${USER}\t`,
      "CapEff:\t0000000000000000",
      "CapBnd:\t0000000000000000",
      "NoNewPrivs:\t1",
    ])
      if (!status.includes(line)) throw new Error(`no ${line} in ${status}`);
    if (
      !inside(podman, name, "tr '\\0' ' ' < /proc/1/cmdline").startsWith("node /opt/cria/dist/cria.js serve")
    )
      throw new Error("process 1 isn't Node");
  });
  await attempt("its root can't be written to", () => {
    const code =
      "for f in / /opt/cria /etc /tmp /run /usr/local; do touch $f/x 2>/dev/null && echo $f; done; touch /var/lib/cria/x && rm /var/lib/cria/x";
    equal(inside(podman, name, code).trim(), "");
  });
  await attempt("the image's HEALTHCHECK passes", () => podman.run(["healthcheck", "run", name]));
  await attempt("an AWS SDK streams through it, a frame a token", async () => {
    const chunks = await world.client([CRIA, MODEL, "5"], credentials).ended;
    equal(chunks.map(({ generation }) => generation).join(""), " 1 2 3 4 5");
    equal(chunks.at(-1).stop_reason, "length");
  });
  await attempt("a caller without a key, and a model without a server, are refused", async () => {
    const [unknown] = await world.client([CRIA, MODEL, "1"]).ended;
    equal(unknown.status, 403);
    const [other] = await world.client([CRIA, "meta.llama3-8b-instruct-v1:0", "1"], credentials).ended;
    if (other.error === undefined) throw new Error(`it was answered: ${JSON.stringify(other)}`);
  });
  await attempt("Prometheus reads its metrics on a port of their own", () => {
    const { status, body } = world.get("http://127.0.0.1:9464/metrics");
    equal(status, 200);
    for (const metric of ["cria_streams_running", "cria_upstream_up"])
      if (!body.includes(metric)) throw new Error(`no ${metric} in ${body.slice(0, 500)}`);
  });
  await attempt("SIGTERM: it isn't ready, the running stream ends whole, and it exits with 0", async () => {
    const stream = world.client([CRIA, MODEL, "20"], credentials);
    await until(() => stream.text() !== "");
    podman.run(["kill", "--signal=TERM", name]);
    await until(() => world.get(`${CRIA}/health/ready`).status === 503);
    const chunks = await stream.ended;
    equal(chunks.length, 20);
    equal(chunks.at(-1).stop_reason, "length");
    equal(podman.run(["wait", name]).stdout.trim(), "0");
  });
  await attempt("SIGINT ends it too", async () => {
    podman.run(["start", name]);
    await until(() => world.get(`${CRIA}/health/ready`).status === 200);
    podman.run(["kill", "--signal=INT", name]);
    equal(podman.run(["wait", name]).stdout.trim(), "0");
  });
  await attempt("where nothing forbids it, it still writes nothing outside of its volume", async () => {
    const open = `${world.name}-open`;
    // podman itself would write the user's name
    world.container(open, ["--passwd=false", onHome, ...mounts, image, ...serve]);
    await until(
      () => world.get(`${CRIA}/health/ready`).status === 200,
      () => logs(podman, open),
    );
    await world.client([CRIA, MODEL, "2"], credentials).ended;
    podman.run(["kill", "--signal=TERM", open]);
    podman.run(["wait", open]);
    const mountPoints =
      /^[AC] \/(etc|etc\/cria|etc\/cria\/cria.yaml|run|run\/secrets|run\/secrets\/vllm_key|var|var\/lib)$/u;
    const changed = podman
      .run(["diff", open])
      .stdout.trim()
      .split("\n")
      .filter((line) => line !== "" && !mountPoints.test(line));
    equal(changed.join(", "), "");
  });
  await attempt("keys as Kubernetes mounts a Secret, and no volume at all", async () => {
    const secret = join(work, "keys");
    const volume = podman.inspect(home, "{{.Mountpoint}}");
    mkdirSync(join(secret, "..2026"), { recursive: true });
    const file = join(secret, "..2026/keys.json");
    writeFileSync(file, readFileSync(join(volume, "keys.json")));
    chmodSync(file, 0o440);
    chownSync(file, 0, USER);
    symlinkSync("..2026", join(secret, "..data"));
    symlinkSync("..data/keys.json", join(secret, "keys.json"));
    const text = readFileSync(join(root, "deploy/cria.yaml"), "utf8");
    const configFile = join(work, "cria.yaml");
    writeFileSync(configFile, text.replace("auth: keys", "auth: keys\nkeysFile: /run/cria/keys/keys.json"));
    const other = `${world.name}-secret`;
    const volumes = [
      `--volume=${secret}:/run/cria/keys:ro`,
      `--volume=${configFile}:/etc/cria/cria.yaml:ro`,
      ...mounts.slice(1),
    ];
    world.container(other, [...HARDENED, ...volumes, image, ...serve]);
    await until(
      () => world.get(`${CRIA}/health/ready`).status === 200,
      () => logs(podman, other),
    );
    const chunks = await world.client([CRIA, MODEL, "2"], credentials).ended;
    equal(chunks.length, 2);
    podman.run(["kill", "--signal=TERM", other]);
    equal(podman.run(["wait", other]).stdout.trim(), "0");
  });
}

async function checkLocal({ root, podman, world, cache, attempt }) {
  const image = "localhost/cria:local";
  const file = join(
    process.env.CRIA_HOME ?? join(root, ".cache/cria"),
    "models/SmolLM2-135M-Instruct.Q4_1.gguf",
  );
  await attempt("the image with an engine and a model is built", async () => {
    if (!existsSync(file))
      throw new Error(`${file} isn't there: run \`npm test\` once, or \`cria setup --model small\``);
    // the build uses this machine's network
    const hub = spawn(process.execPath, [script("stand-ins.mjs"), "hub", "18080", file], { stdio: "pipe" });
    try {
      await new Promise((resolve) => hub.stdout.once("data", resolve));
      build(podman, root, [
        "--target=local",
        "--build-arg=HF_ENDPOINT=http://127.0.0.1:18080",
        "--tag",
        image,
      ]);
    } finally {
      hub.kill();
    }
  });
  console.log(`        ${(Number(podman.inspect(image, "{{.Size}}")) / 1e6).toFixed(0)} MB`);
  await attempt("without a key, it refuses to let other machines in, and says what to do", () => {
    const { status, output } = podman.run(["run", "--rm", "--network=none", image], { check: false });
    equal(status, 1);
    if (!output.includes("keys create")) throw new Error(output);
  });
  const name = `${world.name}-local`;
  await attempt("it answers without a network, with a read-only root and nothing mounted", async () => {
    world.container(name, [...HARDENED, image, "serve", "--threads=1"]);
    await until(
      () => world.get(`${CRIA}/health/ready`).status === 200,
      () => logs(podman, name),
    );
    const chunks = await world.client([CRIA, MODEL, "8"]).ended;
    if (!(chunks.at(-1).generation_token_count >= 1)) throw new Error(JSON.stringify(chunks));
  });
  await attempt("as process 1, it leaves no dead process behind when its engine is killed", async () => {
    const engine = () =>
      inside(podman, name, "grep -l 'child.js' /proc/[0-9]*/cmdline 2>/dev/null | grep -v self; true").trim();
    const pid = /\/proc\/(\d+)\//u.exec(
      engine()
        .split("\n")
        .find((line) => !line.includes("/proc/1/")) ?? "",
    )?.[1];
    if (pid === undefined) throw new Error(`no engine among ${engine()}`);
    inside(podman, name, `kill -9 ${pid}`);
    await until(() => !existsInside(podman, name, pid));
    await until(() => world.get(`${CRIA}/health/ready`).status === 200);
    equal(inside(podman, name, "grep -l '^State:.*Z' /proc/[0-9]*/status 2>/dev/null; true").trim(), "");
    podman.run(["kill", "--signal=TERM", name]);
    equal(podman.run(["wait", name]).stdout.trim(), "0");
  });
}

function build(podman, root, args) {
  // the format that has a HEALTHCHECK
  const format = ["--format=docker", "--layers", "--pull=never", "--network=host"];
  podman.run(["build", ...format, "--file", join(root, "deploy/Dockerfile"), ...args, root]);
}

const inside = (podman, name, code) => podman.run(["exec", name, "sh", "-c", code]).stdout;
const existsInside = (podman, name, pid) =>
  podman.run(["exec", name, "test", "-e", `/proc/${pid}`], { check: false }).status === 0;
const logs = (podman, name) => podman.run(["logs", name]).output;
