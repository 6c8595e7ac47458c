import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";

import { DEFAULT_STREAMS } from "../../src/engine/completions/completions-engine.js";
import { definitions } from "../../src/server/metrics/definitions.js";
import { runNode } from "./support/run-node.js";

// `npm run test:deploy` has the tools that read these files look at them, and runs the image; here is what costs nothing

const read = (file: string) => readFileSync(join("deploy", file), "utf8");
const yaml = (file: string): unknown => parse(read(file));

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly healthcheck?: unknown;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
}

type Upstream = Readonly<Record<string, unknown>>;

interface Model {
  readonly upstream: Upstream;
  readonly upstreams?: readonly Upstream[];
}

interface Values {
  readonly config: { readonly models: Readonly<Record<string, Model>> };
  readonly replicaCount?: number;
  readonly autoscaling: { readonly metric: string; readonly target?: number };
  readonly metrics: { readonly port: number };
}

const compose = parse(read("compose.yaml"), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const config = yaml("cria.yaml") as Values["config"] & Pick<Values, "metrics">;
const values = yaml("helm/cria/values.yaml") as Values;
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };

/** Every argument of this form, such as `--grace=60`. */
const argument = (args: readonly string[] = [], name: string) =>
  args.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3);

/** An image's name without a registry's host can be pulled by way of any mirror. */
const hasHost = (image: string) => /^[^/]*[.:][^/]*\//u.test(image);

test.each(
  readdirSync("deploy", { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.ya?ml$/u.test(file) && !file.includes("templates"),
  ),
)("%s is YAML, without a key twice", (file) => {
  for (const { errors, warnings } of parseAllDocuments(read(file), {
    customTags: [{ tag: "!reset", resolve: () => null }],
  })) {
    expect([...errors, ...warnings]).toEqual([]);
  }
});

describe("the image", () => {
  const lines = read("Dockerfile")
    .replaceAll(/\\\n\s*/gu, "")
    .split("\n")
    .filter((line) => /^[A-Z]/u.test(line));
  const of = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

  test("stands on images that any registry may have, and its last stage is the gateway", () => {
    const args: Partial<Record<string, string>> = Object.fromEntries(
      of("ARG").map((each) => each.split("=") as [string, string]),
    );
    expect(args).toMatchObject({
      NODE_IMAGE: expect.any(String) as string,
      BASE_IMAGE: expect.any(String) as string,
    });
    for (const name of ["NODE_IMAGE", "BASE_IMAGE"]) expect(hasHost(args[name] ?? "")).toBe(false);
    expect(of("FROM").at(-1)).toBe("runtime AS gateway");
    expect(args["VERSION"]).toBe(manifest.version);
  });

  test("runs as a user with a number, and stops as a server does", () => {
    expect(of("USER")).toEqual(["10001:10001"]);
    expect(of("STOPSIGNAL")).toEqual(["SIGTERM"]);
    expect(of("HEALTHCHECK")[0]).toContain('CMD ["node", "/opt/cria/health-check.mjs"]');
    // a shell as process 1 would keep the signals to itself
    for (const each of [...of("ENTRYPOINT"), ...of("CMD")]) expect(JSON.parse(each)).toBeInstanceOf(Array);
  });

  test("gets no other file of this folder than those that it copies", () => {
    const [everything, ...allowed] = readFileSync(".dockerignore", "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(everything).toBe("*");
    const copied = of("COPY")
      .filter((each) => !each.startsWith("--from"))
      .flatMap((each) => each.split(" ").slice(0, -1));
    expect(new Set(copied)).toEqual(new Set(allowed.map((each) => each.slice(1))));
    for (const file of copied) expect(statSync(file)).toBeDefined();
  });
});

describe("the stack", () => {
  test.each(services)(
    "%s has no capability, a health check, and an image that any registry may have",
    (_name, service) => {
      expect(service.cap_drop).toEqual(["ALL"]);
      expect(service.security_opt).toEqual(["no-new-privileges:true"]);
      expect(service.healthcheck).toBeDefined();
      expect(hasHost(service.image.replace(/\$\{[^}]*\}/u, ""))).toBe(false);
      // on this machine alone, unless somebody says otherwise
      for (const port of service.ports ?? [])
        expect(port).toMatch(/^(?:127\.0\.0\.1|\$\{CRIA_BIND:-127\.0\.0\.1\}):/u);
      for (const name of Object.keys(service.environment ?? {}).filter((each) => each !== "HF_TOKEN"))
        expect(name).not.toMatch(/key|token|secret|password/iu);
    },
  );

  test("waits for what is healthy, and leaves answers their time", () => {
    for (const [, { depends_on: needs = {} }] of services)
      for (const { condition } of Object.values(needs)) expect(condition).toBe("service_healthy");
    const seconds = (text = "") => Number(/^(\d+)s$/u.exec(text)?.[1]);
    const { cria, vllm } = compose.services;
    expect(cria?.read_only).toBe(true);
    expect(seconds(cria?.stop_grace_period)).toBeGreaterThan(Number(argument(cria?.command, "grace")));
    expect(seconds(vllm?.stop_grace_period)).toBeGreaterThan(
      Number(argument(vllm?.command, "shutdown-timeout")),
    );
  });

  test("names files that are there", () => {
    const mounted = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((each) => each.startsWith("./")),
    );
    const files = [
      ...mounted.map((each) => each.split(":")[0] ?? ""),
      ...Object.values(compose.configs).map(({ file }) => file),
    ];
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(statSync(join("deploy", file))).toBeDefined();
  });

  test("serves the model that vLLM serves, and Prometheus asks where the metrics are", () => {
    const { upstream } = Object.values(config.models)[0] ?? {};
    const served = argument(compose.services["vllm"]?.command, "served-model-name");
    expect(served).toMatch(/llama/u);
    expect(upstream?.["model"]).toBe(served);
    expect(read("prometheus/prometheus.yml")).toContain(`cria:${config.metrics.port}`);
  });
});

test("each alert has a case in which it fires", () => {
  const names = (text: string) => [...text.matchAll(/- alert: (\w+)/gu)].map(([, name]) => name);
  const cases = readFileSync("test/deploy/alerts.yaml", "utf8");
  const fired = [...cases.matchAll(/ALERTS\{alertname="(\w+)", alertstate="firing"/gu)].map(
    ([, name]) => name,
  );
  expect(new Set(fired)).toEqual(new Set(names(read("prometheus/alerts.yaml"))));
});

describe("the chart", () => {
  test("has this version", () => {
    expect(yaml("helm/cria/Chart.yaml")).toMatchObject({
      appVersion: manifest.version,
      version: manifest.version,
    });
  });

  test("scales by a metric that there is", () => {
    const names = Object.values(definitions).map(({ name }): string => name);
    expect(names).toContain(values.autoscaling.metric);
  });

  test("describes each of its values in its schema", () => {
    const schema = JSON.parse(read("helm/cria/values.schema.json")) as { readonly properties: object };
    expect(Object.keys(schema.properties).sort()).toEqual(Object.keys(values).sort());
  });

  test("tells of the image's ports", () => {
    expect(read("helm/cria/templates/deployment.yaml")).toContain("containerPort: 2742");
    expect(read("Dockerfile")).toContain(`EXPOSE 2742 ${values.metrics.port}`);
  });
});

describe("autoscaling by running streams", () => {
  /** Kubernetes adds pods where the mean is beyond the target by more than this (`--horizontal-pod-autoscaler-tolerance`). */
  const TOLERANCE = 1.1;
  const target = Number(values.autoscaling.target);
  const numbers = (file: string, pattern: RegExp) =>
    [...readFileSync(file, "utf8").matchAll(pattern)].map(([, number]) => Number(number));

  test("follows what docs/scaling.md plans for a replica, and deploy/README.md tells", () => {
    const planned = numbers("docs/scaling.md", /(\d+) streams a replica/gu);
    expect(planned.length).toBeGreaterThan(1);
    expect(new Set(planned)).toEqual(new Set([target]));
    expect(numbers("docs/scaling.md", /Streams ÷ (\d+) = replicas/gu)).toEqual([target]);
    expect(numbers("docs/scaling.md", /above 110 % of the target \((\d+)\)/gu)).toEqual([
      Math.round(target * TOLERANCE),
    ]);
    expect(numbers("deploy/README.md", /by running streams, (\d+) for each pod/gu)).toEqual([target]);
    // 60 % of what a core can
    const [full = 0] = numbers("docs/scaling.md", /\*\*(\d+) streams of 50 tokens\/s\*\* at full load/gu);
    expect(target).toBeLessThan(full * 0.7);
    expect(numbers("deploy/helm/cria/values.yaml", /full with (\d+) streams/gu)).toEqual([full]);
  });

  const files = readdirSync("deploy", { recursive: true, encoding: "utf8" }).filter((file) =>
    /cria-values\.yaml$|helm\/cria\/(?:ci\/.*|values)\.yaml$/u.test(file.replaceAll("\\", "/")),
  );

  test("looks at each file of values", () => expect(files.length).toBeGreaterThanOrEqual(5));

  test.each(files)("can add pods with %s, before a model's servers are full", (file) => {
    const { config: own, autoscaling } = yaml(file) as Pick<Values, "config"> &
      Partial<Pick<Values, "autoscaling">>;
    // an empty list of models is the defaults' own, to which a server is added
    const models = Object.values(own.models);
    for (const { upstream, upstreams = [upstream] } of models.length > 0 ? models : [{ upstream: {} }]) {
      if (upstreams.some((each) => "bedrock" in each)) continue;
      const streams = upstreams.reduce((sum, each) => sum + Number(each["streams"] ?? DEFAULT_STREAMS), 0);
      expect((autoscaling?.target ?? target) * TOLERANCE).toBeLessThan(streams);
    }
  });

  test("with Ray, all pods together send as much as one of its replicas takes", () => {
    const { config: own, replicaCount = 0 } = yaml("ray/cria-values.yaml") as Values;
    const [most] = numbers("deploy/ray/rayservice.yaml", /max_ongoing_requests: (\d+)/gu);
    for (const { upstream } of Object.values(own.models))
      expect(Number(upstream["streams"]) * replicaCount).toBe(most);
  });
});

test.each([
  ["ray/rayservice.yaml", "ray/cria-values.yaml", (name: string) => `model_id: ${name}\n`],
  [
    "production-stack/values.yaml",
    "production-stack/cria-values.yaml",
    (name: string) => `--served-model-name=${name}\n`,
  ],
])("%s serves the model that %s names", (server, gateway, line) => {
  const { models } = (yaml(gateway) as Values).config;
  for (const { upstream } of Object.values(models)) {
    expect(read(server)).toContain(line(String(upstream["model"])));
    // a model by another name would be told to each caller
    expect(upstream["model"]).toMatch(/llama/u);
  }
});

describe("the health check", () => {
  const check = (url: string) => runNode("deploy/health-check.mjs", [url]);

  test.each([
    [200, 0],
    [503, 1],
    [404, 1],
  ])("of a server that answers %i exits with %i", async (status, code) => {
    const server = createServer((_request, response) => response.writeHead(status).end("why")).listen(
      0,
      "127.0.0.1",
    );
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health/live`;
    expect(await check(url)).toEqual({ code, output: `${url}: ${status} why\n` });
    server.close();
  });

  test("of a server that isn't there says so", async () => {
    const { code, output } = await check("http://127.0.0.1:1/health/live");
    expect(code).toBe(1);
    expect(output).toContain("ECONNREFUSED");
  });
});
