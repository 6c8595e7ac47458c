import { UpstreamModelError } from "../../engine/index.js";
import { type Fleet, UpstreamFleet } from "../../fleet/index.js";
import { until } from "../../platform/index.js";
import type { AuthMode } from "../access/index.js";
import { ServerClosingError } from "../errors.js";
import { handle, type ServerContext } from "../handle.js";
import { FIXED_LIMITS } from "../limits.js";
import type { ChangeableOptions } from "../serve-options.js";
import type { Exchange, Listener } from "../transport/index.js";
import { startUpstreams, type StartedUpstreams } from "../upstreams/index.js";
import { type Changeable, type Fixed, readChangeable } from "./changeable.js";

/**
 * How long a change waits for the first answers of new upstreams, so that the server doesn't say meanwhile that it isn't ready: longer than one that is
 * there takes, and than the connection to one that isn't.
 */
const FIRST_ANSWER_MS = 10_000;

/** What all configurations of a server share. */
export interface SharedParts {
  readonly fixed: Fixed;
  /** The engines for models without upstreams. Closed with the configurations. */
  readonly own: Fleet;
  readonly listener: Listener;
  readonly context: Omit<ServerContext, keyof Changeable["parts"] | "fleet" | "upstreams">;
  /** Called with sentences for the user about upstreams. */
  readonly onNotice: (sentence: string) => void;
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
  readonly #older = new Set<Held>();
  #current: Held;
  /** Upstreams of a configuration that isn't used yet. */
  #coming: ServerContext["upstreams"] = new Map();
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(first: Changeable, shared: SharedParts) {
    this.#shared = shared;
    this.#current = this.#hold(first, this.#start(first));
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
    const read = await readChangeable(options, this.#shared.fixed);
    this.#refuseIfClosed();
    const next = { ...read, parts: { ...read.parts, limits: this.#keepFixed(read.parts.limits) } };
    // what is said of upstreams before they are used is their change's: one that fails says it by its error, and may be tried again and again
    const notices = new HeldNotices(this.#shared.onNotice);
    this.#coming = this.#start(next, notices.note);
    try {
      await firstAnswers(this.#coming);
      this.#refuseIfClosed();
      this.#older.add(this.#current);
      this.#current = this.#hold(next, this.#coming);
      this.#limit(next);
      notices.pass();
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

  #start({ asked }: Changeable, onNotice = this.#shared.onNotice): ServerContext["upstreams"] {
    return startUpstreams(asked, onNotice, this.#started);
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

/** Sentences that are kept until they are asked for, and passed on from then. */
class HeldNotices {
  readonly #onNotice: (sentence: string) => void;
  #held: string[] | undefined = [];

  constructor(onNotice: (sentence: string) => void) {
    this.#onNotice = onNotice;
  }

  readonly note = (sentence: string): void => {
    if (this.#held) this.#held.push(sentence);
    else this.#onNotice(sentence);
  };

  pass(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const sentence of held) this.#onNotice(sentence);
  }
}

/**
 * Waits until each has answered for the first time, or failed to.
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
  const late = new Error();
  try {
    await until(Promise.all(answers), Date.now() + FIRST_ANSWER_MS, undefined, () => late);
  } catch (error) {
    if (error !== late) throw error;
  }
}
