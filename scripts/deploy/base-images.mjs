// Images that stand for those that deploy/Dockerfile names, made where images can't be pulled: a small Debian by debootstrap from apt's mirror,
// and Node as npm's registry has it. They are named as the real ones.
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { run } from "./tools.mjs";

const SUITE = "bookworm";
const DEBIAN = "debian:bookworm-slim";
const NODE = "node:22-bookworm-slim";

/** The packages that `debian:bookworm-slim` has no files of either. */
const UNUSED = [
  "var/cache/apt/archives",
  "var/lib/apt/lists",
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
];

/**
 * Makes both images, unless they are there: three minutes.
 *
 * @param podman a Podman
 * @param folder where their files are made
 */
export function makeBaseImages(podman, folder) {
  mkdirSync(folder, { recursive: true });
  if (!podman.hasImage(`localhost/${DEBIAN}`)) makeDebian(podman, join(folder, "debian"));
  if (!podman.hasImage(`localhost/${NODE}`)) makeNode(podman, join(folder, "node"));
}

function makeDebian(podman, root) {
  console.log(`Making ${DEBIAN} …`);
  const done = `${root}.done`;
  if (!existsSync(done)) {
    rmSync(root, { recursive: true, force: true });
    run("debootstrap", ["--variant=minbase", SUITE, root, debianMirror()]);
    for (const name of UNUSED) rmSync(join(root, name), { recursive: true, force: true });
    writeFileSync(done, "");
  }
  podman.importFolder(root, `localhost/${DEBIAN}`);
}

/** Node with npm, as in the real image, and what npm on this machine is set up with. */
function makeNode(podman, context) {
  console.log(`Making ${NODE} …`);
  rmSync(context, { recursive: true, force: true });
  mkdirSync(join(context, "etc"), { recursive: true });
  writeFileSync(join(context, "package.json"), '{ "private": true }');
  const platform = `node-linux-${process.arch}`;
  run("npm", ["install", "--silent", "--ignore-scripts", "--no-package-lock", `${platform}@22`], {
    cwd: context,
  });
  copyFileSync(join(context, "node_modules", platform, "bin/node"), join(context, "node"));
  cpSync(join(run("npm", ["root", "--global"]).stdout.trim(), "npm"), join(context, "npm"), {
    recursive: true,
  });
  // how this machine reaches the registry
  const settings = ["registry", "cafile"]
    .map((name) => [name, npmSetting(name)])
    .filter(([, value]) => value);
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  writeFileSync(join(context, "etc/npmrc"), settings.map(([name, value]) => `${name}=${value}\n`).join(""));
  for (const file of [certificates, npmSetting("cafile")].filter(Boolean)) {
    mkdirSync(join(context, "files", dirname(file)), { recursive: true });
    copyFileSync(file, join(context, "files", file));
  }
  mkdirSync(join(context, "files"), { recursive: true });
  writeFileSync(
    join(context, "Dockerfile"),
    [
      `FROM ${DEBIAN}`,
      "COPY node /usr/local/bin/",
      "COPY npm /usr/local/lib/node_modules/npm",
      "COPY etc/npmrc /usr/local/etc/npmrc",
      "COPY files /",
      "RUN cd /usr/local/bin && for name in npm npx; do ln -s ../lib/node_modules/npm/bin/$name-cli.js $name; done",
      ...(certificates ? [`ENV NODE_EXTRA_CA_CERTS=${certificates}`] : []),
      'CMD ["node"]',
    ].join("\n"),
  );
  podman.run(["build", "--quiet", "--pull=never", "--tag", `localhost/${NODE}`, context]);
}

function npmSetting(name) {
  const value = run("npm", ["config", "get", name], { cwd: "/" }).stdout.trim();
  return value === "null" || value === "undefined" ? undefined : value;
}

/** The mirror from which apt gets Debian itself. */
function debianMirror() {
  const args = ["indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL)", "Created-By: Packages"];
  const targets = run("apt-get", args).stdout.split("\n");
  const debian = targets
    .map((line) => line.split(" "))
    .find(([, origin, label]) => `${origin} ${label}` === "Debian Debian");
  if (debian !== undefined) return debian[0];
  throw new Error("apt has no mirror of Debian: run `apt-get update` on a Debian system.");
}
