import type { Logger } from "pino";

import { type LlamaModel, llamaModels, parseModelId } from "../bedrock/index.js";
import { type Fleet, prepareLocalFleet, SingleEngine } from "../fleet/index.js";
import { urlOf } from "../platform/index.js";
import {
  acceptAnyone,
  type Authenticator,
  type AuthMode,
  authModeFor,
  createKeyAuthenticator,
  openKeys,
} from "./access/index.js";
import { UnknownModelIdError } from "./errors.js";
import { FaultPlan } from "./faults/index.js";
import { handle, type ServerContext } from "./handle.js";
import { limitsWith } from "./limits.js";
import { logRequests, silentLogger } from "./observe/index.js";
import { setUpTls } from "./reach/index.js";
import { RunningRequests } from "./running-requests.js";
import { type CriaServer, RunningServer } from "./running-server.js";
import type { ServeOptions } from "./serve-options.js";
import { type Exchange, SilenceWatch, listen, BodyMemory } from "./transport/index.js";

/**
 * Serves the Bedrock Runtime API for Llama models. The port is open when this resolves, while the model may still be loading:
 * wait for {@link CriaServer.ready}, or let the first requests wait.
 *
 * @throws {NoKeysError} those with a key may call, and there is no key.
 * @throws {KeyFileError} {@link KeyEnvironmentError} the keys can't be read.
 * @throws {RegistryError} what weights were pulled and added can't be told.
 * @throws {CertificateError} `tls` holds what can't be served.
 * @throws {DiskFullError} {@link HomeNotWritableError} a certificate of Cria's own can't be kept.
 * @throws {PortInUseError}
 * @throws {UnknownModelIdError} `as` or one of `preload` is no Llama model's id.
 * @throws `signal.reason` if it's aborted already.
 */
export async function serve(options: ServeOptions = {}): Promise<CriaServer> {
  const { host = "127.0.0.1", port = 0, signal, logger = silentLogger() } = options;
  signal?.throwIfAborted();
  const as = options.as === undefined ? undefined : llamaModel(options.as);
  const faults = options.faults instanceof FaultPlan ? options.faults : new FaultPlan(options.faults);
  if (faults.asked.length > 0) logger.warn({ faults: faults.asked }, "faults were asked for");
  const limits = limitsWith(options.limits);
  const auth = authModeFor(host, options.auth);
  const authenticator = await authenticatorFor(auth, options);
  const tls = await setUpTls(options.tls, { host, logger, signal });
  const startFleet = await fleetStarter(options, as, logger);
  let onExchange: (exchange: Exchange) => void = (exchange) => exchange.cut("stream");
  // the port before the engine: if it's taken, nothing has been started that would have to be ended
  const listener = await listen({ host, port, tls: tls?.identity, limits, logger }, (exchange) =>
    onExchange(exchange),
  );
  const fleet = startFleet();
  const running = new RunningRequests(limits.requests);
  const server: ServerContext = {
    fleet,
    strict: options.strict ?? false,
    padding: options.padding ?? Math.random,
    onStandIn: once((name) => {
      logger.warn({ model: name }, "a stand-in answers: the weights of the model asked for aren't here");
      options.onStandIn?.(name);
    }),
    authenticator,
    faults,
    limits,
    running,
    bodies: new BodyMemory(limits.bodyBytesInAll),
    silences: new SilenceWatch(),
    watchers: [logRequests(logger)],
  };
  onExchange = (exchange) => void handle(exchange, server);
  const url = urlOf(host, listener.port, tls ? "https" : "http");
  const trust = tls?.trust;
  return new RunningServer({ url, auth, trust, listener, running, fleet, signal });
}

/** Keys that can't be read are told before the port is open. */
async function authenticatorFor(auth: AuthMode, { keysFile }: ServeOptions): Promise<Authenticator> {
  if (auth === "none") return acceptAnyone;
  return createKeyAuthenticator(await openKeys({ file: keysFile }));
}

/** Loads what a local model takes only where it's needed. */
async function fleetStarter(
  options: ServeOptions,
  as: LlamaModel | undefined,
  logger: Logger,
): Promise<() => Fleet> {
  const { engine, strict = false } = options;
  if (engine) return () => new SingleEngine(engine, as);
  const preload = options.preload?.map(llamaModel);
  return prepareLocalFleet({ ...options, as, preload, strict, logger });
}

function llamaModel(text: string): LlamaModel {
  const parsed = parseModelId(text);
  if (parsed) return parsed.model;
  throw new UnknownModelIdError(
    text,
    llamaModels.map(({ id }) => id),
  );
}

function once(callback: (name: string) => void): (name: string) => void {
  let called = false;
  return (name) => {
    if (called) return;
    called = true;
    callback(name);
  };
}
