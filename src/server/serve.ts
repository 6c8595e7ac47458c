import type { Logger } from "pino";

import type { LlamaModel } from "../bedrock/index.js";
import { type Fleet, prepareLocalFleet, SingleEngine } from "../fleet/index.js";
import { urlOf } from "../platform/index.js";
import { checkOptions } from "./checks/index.js";
import { UnsupportedRuntimeError } from "./errors.js";
import { FaultPlan } from "./faults/index.js";
import { standInBeginning } from "./generation/index.js";
import { llamaModel } from "./model-map.js";
import { logRequests, silentLogger, watchMissing } from "./observe/index.js";
import { setUpTls } from "./reach/index.js";
import { Configurations, readChangeable } from "./reload/index.js";
import { RunningRequests } from "./running-requests.js";
import { type CriaServer, RunningServer } from "./running-server.js";
import type { ServeOptions } from "./serve-options.js";
import { setUpWatching } from "./set-up-watching.js";
import { SharedBound } from "./shared-bound.js";
import { ChatTemplates } from "./templates/index.js";
import { type Exchange, SilenceWatch, listen } from "./transport/index.js";

/**
 * Serves the Bedrock Runtime API for Llama models. The port is open when the promise resolves, but the model may still be loading:
 * await {@link CriaServer.ready}, or send requests at once and let them wait.
 *
 * @throws {TypeError} options contradict each other: `small` beside `strict`, `modelFile` or `engine`, or `as` without one of the last two; or the
 *   metrics have the server's port.
 * @throws {NoKeysError} callers need a key, and none exists.
 * @throws {KeyFileError} {@link KeyEnvironmentError} the keys can't be read.
 * @throws {RegistryError} the list of pulled and added weights can't be read.
 * @throws {SettingsError} the settings of Cria's folder can't be read, or name a stand-in that is no model.
 * @throws {CertificateError} the certificate or key in `tls` can't be used.
 * @throws {DiskFullError} {@link HomeNotWritableError} Cria's own certificate can't be stored.
 * @throws {PortInUseError} another process listens on the port, or on that of the metrics.
 * @throws {ListenError} the server, or its metrics, can't listen there: this machine doesn't have the address, or the port is reserved.
 * @throws {TypeError} `traces.endpoint` isn't a URL.
 * @throws {MissingPackagesError} traces are asked for, and OpenTelemetry's packages aren't installed.
 * @throws {UnsupportedRuntimeError} the program runs in Bun.
 * @throws {InvalidHostError} {@link InvalidOriginError} an entry of `allowHosts` or `allowOrigins` can't be used.
 * @throws {UnknownModelIdError} `as`, or an entry of `preload`, `modelMap` or `upstreams`, isn't the id of a Llama model.
 * @throws {InvalidUpstreamError} the URL, the region or a setting of an upstream can't be used.
 * @throws {InvalidModelMapError} an ARN in `modelMap` is malformed, or names a model already.
 * @throws `signal.reason` if `signal` is already aborted.
 */
export async function serve(options: ServeOptions = {}): Promise<CriaServer> {
  const { host = "127.0.0.1", port = 0, signal, logger = silentLogger() } = options;
  signal?.throwIfAborted();
  checkOptions(options);
  const { bun } = process.versions;
  if (bun !== undefined) throw new UnsupportedRuntimeError(`Bun ${bun}`);
  const as = options.as === undefined ? undefined : llamaModel(options.as);
  const faults = options.faults instanceof FaultPlan ? options.faults : new FaultPlan(options.faults);
  if (faults.asked.length > 0) logger.warn({ faults: faults.asked }, "faults will be injected");
  const tls = await setUpTls(options.tls, { host, logger, signal });
  const fixed = { host, certificate: tls?.identity.cert, ownCertificate: typeof options.tls === "object" };
  const first = await readChangeable(options, fixed);
  const { limits } = first.parts;
  const asksForKeys = first.auth === "keys";
  const templates = new ChatTemplates();
  const { authenticator } = first.parts;
  const { metrics, traces } = await setUpWatching(options, {
    ...fixed,
    auth: first.auth,
    authenticator,
    limits,
    logger,
  });
  // whoever has an upstream for a model may never need another
  const preload = options.preload ?? (first.asked.size > 0 ? [] : undefined);
  const startOwn = await ownFleet({ ...options, preload }, { as, logger, templates });
  let onExchange: (exchange: Exchange) => void = (exchange) => exchange.cut("stream");
  // the port comes before the engine: if it's in use, there is no engine to stop
  const listener = await listen({ host, port, tls: tls?.identity, limits, logger }, (exchange) =>
    onExchange(exchange),
  );
  await metrics?.listen().catch(async (error: unknown) => {
    listener.stop();
    await listener.close(0);
    throw error;
  });
  const running = new RunningRequests(limits.slotless);
  const configurations = new Configurations(first, {
    fixed,
    own: startOwn(),
    listener,
    onNotice: options.onNotice ?? ((sentence, level) => logger[level](sentence)),
    context: {
      templates,
      padding: options.padding ?? Math.random,
      onStandIn: once((name, modelId) => {
        logger.warn(
          { model: name, modelId },
          "a stand-in answers: the requested model's weights aren't installed",
        );
        options.onStandIn?.(name, modelId);
      }),
      faults,
      running,
      slots: new SharedBound(limits.requests, asksForKeys),
      bodies: new SharedBound(limits.bodyBytesInAll, asksForKeys),
      silenceWatch: new SilenceWatch(),
      watchers: [
        logRequests(logger),
        watchMissing(options.onMissingOperation),
        ...(metrics ? [metrics.watcher] : []),
      ],
      tracer: traces?.tracer(listener.port),
      offers: (name) => name !== "Metrics" || metrics?.page !== undefined,
      metrics: metrics?.page,
    },
  });
  metrics?.start(() => configurations.current);
  onExchange = (exchange) => configurations.answer(exchange);
  const url = urlOf(host, listener.port, tls ? "https" : "http");
  const trust = tls?.trust;
  const metricsUrl = metrics?.url(url);
  const close = async () => {
    await Promise.all([templates.close(), metrics?.close(), traces?.close()]);
  };
  return new RunningServer({ url, metricsUrl, trust, listener, running, configurations, close, signal });
}

/** What a fleet needs besides the options. */
interface FleetParts {
  readonly as: LlamaModel | undefined;
  readonly logger: Logger;
  readonly templates: ChatTemplates;
}

/** Prepares the local fleet only if no engine was given: the code behind it is loaded on demand. */
async function ownFleet(options: ServeOptions, { as, logger, templates }: FleetParts): Promise<() => Fleet> {
  const { engine, strict = false } = options;
  if (engine) return () => new SingleEngine(engine, as);
  const preload = options.preload?.map(llamaModel);
  const { small, onNotice = (sentence) => logger.warn(sentence), onStandInDownload } = options;
  const standIn = { small, onDownload: onStandInDownload };
  return prepareLocalFleet({
    ...options,
    as,
    preload,
    strict,
    standIn,
    beginning: (model) => standInBeginning(model, templates),
    onNotice,
    logger,
  });
}

function once<A extends readonly unknown[]>(callback: (...args: A) => void): (...args: A) => void {
  let called = false;
  return (...args) => {
    if (called) return;
    called = true;
    callback(...args);
  };
}
