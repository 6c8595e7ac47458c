import { X509Certificate } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import { type Notify, UpstreamModelError } from "../../engine/index.js";
import { type Fleet, UpstreamFleet } from "../../fleet/index.js";
import type { AuthMode } from "../access/index.js";
import { ServerClosingError } from "../errors.js";
import { handle, type ServerContext } from "../handle.js";
import { FIXED_LIMITS } from "../limits.js";
import type { ChangeableOptions } from "../serve-options.js";
import { certificateWarnings } from "../reach/index.js";
import type { Exchange, Listener, TlsIdentity } from "../transport/index.js";
import { startUpstreams, type StartedUpstreams } from "../upstreams/index.js";
import { type Changeable, type Fixed, readChangeable } from "./changeable.js";

/** What all configurations of a server share. */
export interface SharedParts {
  readonly fixed: Fixed;
  /** The engines for models without upstreams. Closed with the configurations. */
  readonly own: Fleet;
  readonly listener: Listener;
  readonly context: Omit<ServerContext, keyof Changeable["parts"] | "fleet" | "upstreams">;
  /** Called with sentences for the user about upstreams. */
  readonly onNotice: Notify;
}

/** A configuration, and how many requests are answered with it. */
interface Held {
  readonly auth: AuthMode;
  readonly context: ServerContext;
  requests: number;
}

/**
 * What a server is told, which may change while it runs. A request is answered by the configuration with which it came, to its end. An upstream that stays the
 * same is kept, with its connections and its queue; one that is no longer asked for is closed once the last request has ended that may use it.
 */
export class Configurations {
  readonly #shared: SharedParts;
  /** Those that were started and aren't closed. */
  readonly #started: StartedUpstreams = new Map();
  /** What was told of servers that holds for as long as they are the same. */
  readonly #facts = new Set<string>();
  readonly #older = new Set<Held>();
  #current: Held;
  /** Upstreams of a configuration that isn't used yet. */
  #coming: ServerContext["upstreams"] = new Map();
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** The certificate and key of the last change that had some; those of the start until then. */
  #identity: TlsIdentity | undefined;

  constructor(first: Changeable, shared: SharedParts) {
    this.#shared = shared;
    this.#current = this.#hold(first, this.#start(first));
    this.#identity = first.identity;
  }

  get auth(): AuthMode {
    return this.#current.auth;
  }

  /** What the next request is answered with. */
  get current(): ServerContext {
    return this.#current.context;
  }

  /** Answers a request. */
  answer(exchange: Exchange): void {
    const held = this.#current;
    held.requests += 1;
    void handle(exchange, held.context).finally(() => {
      held.requests -= 1;
      if (this.#older.has(held)) this.#closeUnused();
    });
  }

  /**
   * Changes the configuration for the requests that come from now on; {@link CriaServer.reconfigure} says how.
   *
   * @throws what {@link serve} says of these options; nothing has changed then.
   */
  change(options: ChangeableOptions): Promise<void> {
    const changed = this.#turn.then(() => this.#change(options));
    this.#turn = changed.catch(() => undefined);
    return changed;
  }

  /** Closes every upstream, and the engines. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#started.values(), this.#shared.own].map((each) => each.close()));
  }

  async #change(options: ChangeableOptions): Promise<void> {
    const { fixed } = this.#shared;
    const last = this.#identity;
    const read = await readChangeable(options, { ...fixed, certificate: last?.cert ?? fixed.certificate });
    this.#refuseIfClosed();
    const next = { ...read, parts: { ...read.parts, limits: this.#keepFixed(read.parts.limits) } };
    // what is said of upstreams before they are used is their change's: one that fails says it by its error, and may be tried again and again
    const notices = new HeldNotices();
    this.#coming = this.#start(next, notices.hold);
    try {
      await firstAnswers(this.#coming);
      this.#refuseIfClosed();
      this.#older.add(this.#current);
      this.#current = this.#hold(next, this.#coming);
      this.#limit(next);
      notices.pass();
      if (next.identity && !isDeepStrictEqual(next.identity, last)) this.#renew(next.identity);
    } finally {
      this.#coming = new Map();
      this.#closeUnused();
    }
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw new ServerClosingError();
  }

  #keepFixed(limits: ServerContext["limits"]): ServerContext["limits"] {
    const now = this.current.limits;
    return { ...limits, ...Object.fromEntries(FIXED_LIMITS.map((name) => [name, now[name]])) };
  }

  /** @param tell - called with what tells the user something; passes it on at once, or later */
  #start({ asked }: Changeable, tell = (notice: () => void) => notice()): ServerContext["upstreams"] {
    const { onNotice } = this.#shared;
    const notices = {
      onNotice: (...notice: Parameters<Notify>) => tell(() => onNotice(...notice)),
      onFact: (sentence: string) => tell(() => this.#tellFact(sentence)),
    };
    return startUpstreams(asked, notices, this.#started);
  }

  #tellFact(sentence: string): void {
    if (this.#facts.has(sentence)) return;
    this.#facts.add(sentence);
    this.#shared.onNotice(sentence, "info");
  }

  #hold({ auth, parts }: Changeable, upstreams: ServerContext["upstreams"]): Held {
    const { own, context } = this.#shared;
    const fleet = upstreams.size > 0 ? new UpstreamFleet(upstreams, own) : own;
    return { auth, context: { ...context, ...parts, fleet, upstreams }, requests: 0 };
  }

  /** Bounds that all requests share grow or shrink; what is over them ends by itself. */
  #limit({ auth, parts: { limits } }: Changeable): void {
    const { listener, context } = this.#shared;
    const asksForKeys = auth === "keys";
    listener.limit(limits);
    context.running.limit(limits.slotless);
    context.slots.limit(limits.requests, asksForKeys);
    context.bodies.limit(limits.bodyBytesInAll, asksForKeys);
  }

  #renew(identity: TlsIdentity): void {
    const { listener, fixed, onNotice } = this.#shared;
    listener.renew(identity);
    this.#identity = identity;
    const certificate = new X509Certificate(identity.cert);
    for (const warning of certificateWarnings(certificate, fixed.host, new Date())) onNotice(warning, "warn");
  }

  #closeUnused(): void {
    for (const held of this.#older) if (held.requests === 0) this.#older.delete(held);
    const maps = [this.#current, ...this.#older].map(({ context }) => context.upstreams);
    const used = new Set([...maps, this.#coming].flatMap((map) => [...map.values()].flat()));
    for (const [key, upstream] of this.#started) {
      if (used.has(upstream)) continue;
      this.#started.delete(key);
      void upstream.close();
    }
  }
}

/** What tells the user something: kept until it may be told, and told at once from then. */
class HeldNotices {
  #held: (() => void)[] | undefined = [];

  readonly hold = (notice: () => void): void => {
    if (this.#held) this.#held.push(notice);
    else notice();
  };

  pass(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const notice of held) notice();
  }
}

/**
 * Waits until each has answered for the first time, or failed to, so that the server doesn't say meanwhile that it isn't ready.
 *
 * @throws {UpstreamModelError} one has several models and none was named, or not the one that was.
 */
async function firstAnswers(upstreams: ServerContext["upstreams"]): Promise<void> {
  const answers = [...upstreams.values()].flat().map(async (upstream) => {
    try {
      await upstream.ready();
    } catch (error) {
      // one that isn't there is told by the server's health, as at the start
      if (error instanceof UpstreamModelError) throw error;
    }
  });
  await Promise.all(answers);
}
