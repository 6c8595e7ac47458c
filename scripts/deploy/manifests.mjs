// What is in deploy/, looked at by the tools of those who will read it: Docker Compose's own reader, Prometheus' promtool, Helm, and the schemas
// of Kubernetes and of the custom resources.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse, parseAllDocuments } from "yaml";

import { podFaults } from "./pod-security.mjs";
import { run } from "./tools.mjs";

/** The oldest Kubernetes that the chart allows, and the newest whose schemas are there. */
const KUBERNETES = ["1.27", "1.37"];

/** Values that can't work, and what Helm must say. */
const BAD_VALUES = [
  { set: ["config.strict=true"], says: "config.models is empty" },
  { set: ["config.listen.port=1"], says: "/config/listen" },
  { set: ["replicas=3"], says: "'replicas' not allowed" },
  { set: ["metrics.port=2742"], says: "/metrics/port" },
  { set: ["env.VLLM_API_KEY=secret"], says: "VLLM_API_KEY" },
  { set: ["secretEnv.VLLM_KEY=secret"], says: "/secretEnv/VLLM_KEY" },
  { set: ["autoscaling.target=0"], says: "/autoscaling/target" },
  { set: ["autoscaling.enabled=true", "autoscaling.target=233"], says: "a pod runs 256 streams at most" },
];

/**
 * Looks at all manifests.
 *
 * @param options.root the repository
 * @param options.work a folder for what is rendered
 * @param options.tools what `setUpTools` returned
 * @param options.report called with the name of each check, and what is wrong, or undefined
 */
export function checkManifests({ root, work, tools, report }) {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const deploy = (...names) => join(root, "deploy", ...names);
  const attempt = (name, check) => {
    try {
      check();
      report(name);
    } catch (error) {
      report(name, error.message);
    }
  };
  for (const files of [["compose.yaml"], ["compose.yaml", "compose.cpu.yaml"]])
    attempt(`Docker Compose reads ${files.join(" with ")}`, () =>
      run(
        tools["compose-go"],
        files.map((name) => deploy(name)),
      ),
    );

  const prometheus = [
    [
      "knows the syntax of prometheus.yml",
      "check",
      "config",
      "--syntax-only",
      deploy("prometheus/prometheus.yml"),
    ],
    ["knows each alert", "check", "rules", deploy("prometheus/alerts.yaml")],
    [
      "sees each alert fire when it should, and not before",
      "test",
      "rules",
      join(root, "test/deploy/alerts.yaml"),
    ],
  ];
  for (const [name, ...args] of prometheus)
    attempt(`Prometheus' promtool ${name}`, () => run(tools.promtool, args));

  const chart = deploy("helm/cria");
  const values = [
    ...readdirSync(join(chart, "ci")).map((name) => join(chart, "ci", name)),
    deploy("ray/cria-values.yaml"),
    deploy("production-stack/cria-values.yaml"),
  ];
  attempt("helm lint, with the defaults", () => run(tools.helm, ["lint", "--strict", chart]));
  const rendered = values.map((file) => {
    const name = file.slice(deploy().length + 1);
    attempt(`helm lint, with ${name}`, () => run(tools.helm, ["lint", "--strict", chart, "--values", file]));
    const into = join(work, `${name.replaceAll("/", "-")}`);
    attempt(`helm template, with ${name}`, () => {
      const args = ["template", "cria", chart, "--values", file, "--kube-version", KUBERNETES.at(-1)];
      writeFileSync(into, run(tools.helm, args).stdout);
    });
    return into;
  });
  const model = "config.models.meta\\.llama3-8b-instruct-v1:0.upstream.url=http://vllm";
  for (const { set, says } of BAD_VALUES)
    attempt(`the chart refuses ${set.join(", ")}`, () => {
      const given = set[0].startsWith("config.strict") ? set : [model, ...set];
      const { status, output } = run(
        tools.helm,
        [
          "template",
          "cria",
          chart,
          "--kube-version",
          KUBERNETES.at(-1),
          ...given.flatMap((each) => ["--set", each]),
        ],
        { check: false },
      );
      if (status === 0) throw new Error("it was rendered");
      if (!output.includes(says)) throw new Error(`it doesn't say "${says}", but: ${output}`);
    });

  const schemas = customSchemas(tools.customResources, join(work, "schemas"));
  for (const file of [...rendered, deploy("ray/rayservice.yaml")]) {
    const name = basename(file);
    const [own, custom] = divide(file, work);
    for (const version of KUBERNETES)
      attempt(`${name}: Kubernetes ${version} knows each key of ${own.count} resources`, () => {
        const { output } = run(tools.python, [
          "-m",
          "kubernetes_validate",
          "--strict",
          "-k",
          version,
          own.file,
        ]);
        const passed = output.split("\n").filter((line) => line.startsWith("INFO")).length;
        if (passed !== own.count) throw new Error(output);
      });
    if (custom.count > 0)
      attempt(`${name}: ${custom.count} custom resources fit their schemas`, () => {
        const { output } = run(tools.kubeconform, [
          "-strict",
          "-summary",
          "-schema-location",
          `${schemas}/{{.ResourceKind}}-{{.Group}}.json`,
          custom.file,
        ]);
        if (!output.includes(`Valid: ${custom.count},`)) throw new Error(output);
      });
    if (file.startsWith(work))
      attempt(`${name}: its pods keep to the restricted standard of pod security`, () => {
        const faults = resources(file).flatMap(podFaults);
        if (faults.length > 0) throw new Error(faults.join("; "));
      });
  }
  // the secrets that they name aren't on this machine
  const check = (file) =>
    run(process.execPath, [join(root, "dist/cria.js"), "config", "check", file], {
      env: { ...process.env, LLAMA_KEY: "none" },
      check: false,
    });
  const configs = rendered.map((file) => [basename(file), configOf(file)]);
  for (const [name, text] of [...configs, ["cria.yaml", readFileSync(deploy("cria.yaml"), "utf8")]])
    attempt(`${name}: cria config check`, () => {
      const file = join(work, `config-${name}`);
      writeFileSync(file, text);
      const { status, output } = check(file);
      if (status !== 0) throw new Error(output);
      // what it says is wrong with another key shows that it looked
      writeFileSync(file, `${text}\nwrong: true\n`);
      const bad = check(file);
      if (bad.status === 0 || !bad.output.includes("wrong"))
        throw new Error(`it takes any key: ${bad.output}`);
    });
}

const resources = (file) =>
  parseAllDocuments(readFileSync(file, "utf8"))
    .map((document) => document.toJS())
    .filter((resource) => resource !== null);

/** The resources of a file that Kubernetes has itself, and the others, each in a file of its own. */
function divide(file, work) {
  const isCustom = ({ apiVersion }) => /^(ray\.io|monitoring\.coreos\.com)\//u.test(apiVersion);
  return [false, true].map((wanted) => {
    const some = resources(file).filter((resource) => isCustom(resource) === wanted);
    const into = join(work, `${wanted ? "custom" : "own"}-${basename(file)}`);
    writeFileSync(into, some.map((resource) => `---\n${JSON.stringify(resource)}\n`).join(""));
    return { file: into, count: some.length };
  });
}

/** Cria's configuration in a rendered chart. */
function configOf(file) {
  return resources(file).find(({ kind }) => kind === "ConfigMap").data["cria.yaml"];
}

/** JSON schemas from definitions of custom resources. Unknown keys are wrong, as for Kubernetes' own resources with `--strict`. */
function customSchemas(files, folder) {
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    const { spec } = parse(readFileSync(file, "utf8"));
    const { schema } = spec.versions.find(({ storage }) => storage);
    writeFileSync(
      join(folder, `${spec.names.singular}-${spec.group}.json`),
      JSON.stringify(closed(schema.openAPIV3Schema, true)),
    );
  }
  return folder;
}

/** @param isTop the metadata of a resource has no keys in its definition, but may have any */
function closed(schema, isTop = false) {
  if (Array.isArray(schema)) return schema.map((each) => closed(each));
  if (typeof schema !== "object" || schema === null) return schema;
  const { properties, items, additionalProperties, "x-kubernetes-int-or-string": either, ...rest } = schema;
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  return {
    ...rest,
    ...(either && { type: ["integer", "string"], anyOf: undefined }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [
          name,
          isTop && name === "metadata" ? { type: "object" } : closed(value),
        ]),
      ),
      ...(!isOpen && { additionalProperties: false }),
    }),
    ...(items && { items: closed(items) }),
    ...(typeof additionalProperties === "object" && { additionalProperties: closed(additionalProperties) }),
  };
}
