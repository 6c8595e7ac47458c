import { isDeepStrictEqual } from "node:util";

import type { EngineCapabilities, EngineHealth, Notify } from "../engine.js";
import { UpstreamModelError } from "../errors.js";
import type { Ask, DialectName } from "./dialect.js";
import { dialects } from "./dialects/index.js";
import { HealthWatch } from "./health-watch.js";
import { identify, type Named, type Server } from "./identify.js";
import { problemOf } from "./problem.js";
import { displayName } from "./served-model.js";
import type { Upstream } from "./upstream.js";

/** What is said of a server from outside, and who is told what it says itself. */
export interface ServerOptions extends Named {
  /** Called with sentences for the user: the server is gone, or back. @default ignored */
  readonly onNotice?: Notify | undefined;
  /** Called when the server has told what it is, and again when it has become another. @default ignored */
  readonly onServer?: ((now: ServerFacts, before: ServerFacts | undefined) => void) | undefined;
}

/** What a server is. */
export interface ServerFacts {
  readonly dialect: DialectName;
  /** Display name of the model that answers. */
  readonly model: string;
  readonly capabilities: EngineCapabilities;
  /** Whether it tells a prompt's tokens at the end of an answer alone, so that they are counted by an answer of one token before. */
  readonly countsFirst: boolean;
}

/** How a server is asked. */
export interface ServerAccess {
  readonly ask: Ask;
  readonly upstream: Upstream;
  /** Aborted once nothing is to be known any more. */
  readonly closing: AbortSignal;
}

/** What callers are told. It says nothing of which server it is. */
const UNKNOWN = "The server that has the model hasn't answered yet.";

/** A server, and what it is: asked at once, and again with its health, since it may come back as another. */
export class KnownServer {
  readonly #options: ServerOptions;
  readonly #ask: Ask;
  readonly #upstream: Upstream;
  readonly #closing: AbortSignal;
  readonly #watch: HealthWatch;
  /** As it last answered; undefined while it is unknown, or hasn't the model. */
  #server: Server | undefined;
  #looking: Promise<Server> | undefined;
  /** What {@link ServerOptions.onServer} was told. */
  #told: ServerFacts | undefined;
  #capabilities: EngineCapabilities;

  constructor(options: ServerOptions, { ask, upstream, closing }: ServerAccess) {
    this.#options = options;
    this.#ask = ask;
    this.#upstream = upstream;
    this.#closing = closing;
    // those that every kind has, until the server has told which it is
    const { capabilities } = dialects[options.dialect ?? "openai"];
    this.#capabilities = { ...capabilities, images: options.vision ?? true };
    this.#watch = new HealthWatch({
      ask: () => this.#checkHealth(),
      onNotice: (sentence, level) => options.onNotice?.(sentence, level),
      host: upstream.host,
      unknown: UNKNOWN,
    });
    // whoever needs it gets the error
    this.get().catch(() => undefined);
  }

  get capabilities(): EngineCapabilities {
    return this.#capabilities;
  }

  get health(): EngineHealth {
    return this.#watch.health;
  }

  /** Has its health asked for now. */
  check(): void {
    this.#watch.check();
  }

  /** @param reason - for whoever asks for the health from now on */
  close(reason: string): void {
    this.#watch.close(reason);
  }

  /** What the server is, as far as it is known. */
  get(): Promise<Server> {
    return this.#server ? Promise.resolve(this.#server) : this.look();
  }

  /** @throws why the server can't generate */
  async #checkHealth(): Promise<void> {
    if (!this.#server || !this.health.ready) {
      await this.#upstream.check((await this.look()).dialect.healthPath);
      return;
    }
    await this.#upstream.check(this.#server.dialect.healthPath);
    // one that can generate needn't tell its models each time: a gateway may bound that
    await this.look().catch((error: unknown) => {
      if (error instanceof UpstreamModelError) throw error;
    });
  }

  /** Asks the server what it is now: it may have come back with other settings, another model, or as another kind. */
  look(): Promise<Server> {
    const known = this.health.ready ? this.#server : undefined;
    this.#looking ??= identify(this.#ask, this.#upstream, this.#options, known)
      .then(
        (server) => this.#found(server),
        (error: unknown) => {
          // one that is only down is most likely the same when it is back
          const isOfModel = error instanceof UpstreamModelError;
          if (isOfModel) this.#server = undefined;
          // at the start it ends the start
          if (isOfModel || known === undefined)
            this.#watch.note(problemOf(error), !isOfModel || this.#told !== undefined);
          throw error;
        },
      )
      .finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  #found(server: Server): Server {
    // closed meanwhile
    if (this.#closing.aborted) return server;
    const { dialect, model } = server;
    const isNews = this.#server === undefined;
    this.#server = server;
    this.#capabilities = { ...dialect.capabilities, images: model.vision ?? dialect.chat.refusesUnseen };
    // later its health tells
    if (isNews) this.#watch.note(undefined);
    const facts = {
      dialect: dialect.name,
      model: displayName(model.name),
      capabilities: this.#capabilities,
      countsFirst: dialect.countsFirst,
    };
    if (!isDeepStrictEqual(facts, this.#told)) this.#options.onServer?.(facts, this.#told);
    this.#told = facts;
    return server;
  }
}
