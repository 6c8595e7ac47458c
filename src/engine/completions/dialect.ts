import type { EngineCapabilities, EngineMessage, StopReason } from "../engine.js";

/** The kinds of servers that the engine can speak to. */
export type DialectName = "vllm" | "llama-server" | "ollama" | "openai";

/** How a server is to generate. Only temperature and nucleus shape the choice of tokens; a seed makes it repeatable. */
export interface Sampling {
  /** The model's name at the server. */
  readonly model: string;
  /** At least 1. */
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  /** Over 0, at most 1; 1 turns it off. */
  readonly topP: number;
  readonly seed: number | undefined;
}

/** What a server is asked to continue. */
export interface Order extends Sampling {
  readonly prompt: PromptText;
}

/** The conversation that a server is asked to answer, with images. It writes the prompt itself. */
export interface ChatOrder extends Sampling {
  readonly messages: readonly EngineMessage[];
}

/** A request for one generation, and how its answer is read. */
export interface Call {
  /** Below the server's root. */
  readonly path: string;
  readonly body: unknown;
  readonly framing: "sse" | "lines";
  readonly read: ReadEvent;
  /** The tokens that the body asks for. */
  readonly maxTokens: number;
}

/** A prompt: its text, or the ids of its tokens where the server can't be told whether to add a beginning-of-sequence token. */
export interface PromptText {
  readonly text: string;
  /** Whether the server is to put a beginning-of-sequence token in front, if its model has one. */
  readonly addBos: boolean;
  readonly ids?: readonly number[] | undefined;
}

/** A token as a server reports it. */
export interface ServerToken {
  readonly id: number | undefined;
  readonly text: string;
  /** The written form of a special token. */
  readonly special?: string;
}

/** What one event of a server's stream says. */
export interface StreamEvent {
  /** Tokens of the prompt, once the server tells. */
  readonly promptTokens?: number;
  /** The tokens that the event brings, in order. */
  readonly tokens?: readonly ServerToken[];
  /** Why the generation ended. It belongs to the last token. */
  readonly stopReason?: StopReason;
  /** The server's own words for a failure. */
  readonly failure?: string;
  /** The stream is complete. */
  readonly end?: true;
}

/** Reads the events of one stream, in their order. */
export type ReadEvent = (event: unknown) => StreamEvent;

/** What a server says of the model behind it. */
export interface ServedModel {
  /** Its name at the server. */
  readonly name: string;
  /** Tokens of prompt and generation together. @default unknown: the server decides */
  readonly contextSize?: number | undefined;
  /** Generations at once. @default unknown */
  readonly sequences?: number | undefined;
  readonly chatTemplate?: string | undefined;
  readonly bosToken?: string | undefined;
  readonly eosToken?: string | undefined;
  /** Whether it sees images. @default unknown: a request with images tells */
  readonly vision?: boolean | undefined;
}

/** Asks a server. */
export interface Ask {
  /** @returns the JSON of a 200; undefined for a 404. @throws {EngineUnavailableError} it can't be had. */
  get(path: string): Promise<unknown>;
  /** The same with a body, but a 404 is an error: the path may be missing, or the model. @param patient - whether the answer takes as long as a prompt's evaluation @default false */
  post(path: string, body: unknown, patient?: boolean): Promise<unknown>;
}

/** How one kind of server is asked, and how its answers are read. */
export interface Dialect {
  readonly name: DialectName;
  readonly capabilities: EngineCapabilities;
  /** The path for generations, below the server's root. */
  readonly path: string;
  /** Answers 200 when the server can generate; below the server's root. */
  readonly healthPath: string;
  /** How events are framed: server-sent events, or a line of JSON each. */
  readonly framing: "sse" | "lines";
  /** Whether a prompt must be sent as the ids of its tokens. */
  readonly needsIds: boolean;
  /** Whether the server tells a prompt's tokens at the end alone, so that they must be counted before. */
  readonly countsFirst: boolean;
  /** Where the server lists its models, below its root. */
  readonly modelsPath: string;
  /** The models that the server has; undefined if it has no such list. */
  models(ask: Ask): Promise<readonly ServedModel[] | undefined>;
  /** Whether the model sees images, where {@link models} doesn't tell it. */
  sees?(ask: Ask, model: string): Promise<boolean>;
  /** The body of a request. */
  body(order: Order): unknown;
  /** A reader for one stream. */
  reader(): ReadEvent;
  /** Counts a prompt's tokens, and tells their ids if `body` needs them. @throws {PromptTooLongError} it is longer than the server can count */
  tokenize(ask: Ask, prompt: PromptText, model: string): Promise<Counted>;
  readonly chat: ChatDialect;
}

/** How one kind of server is asked to answer a conversation with images. */
export interface ChatDialect {
  /** The path below the server's root. */
  readonly path: string;
  /** Whether the server tells the prompt's tokens at the end alone, so that they must be counted before. */
  readonly countsFirst: boolean;
  /** Whether a server that doesn't say whether it sees is asked to: only one that refuses images which it can't see. */
  readonly refusesUnseen: boolean;
  /** The body of a request. */
  body(order: ChatOrder): unknown;
  /** A reader for one stream, in the framing of the {@link Dialect}. */
  reader(): ReadEvent;
  /** Counts the tokens of the prompt that the server writes, its images included. */
  count(ask: Ask, messages: readonly EngineMessage[], model: string): Promise<number>;
}

/** A prompt's tokens. */
export interface Counted {
  readonly count: number;
  readonly ids?: readonly number[];
  /** Tokens of prompt and generation together, where the server tells them only once the model is loaded. */
  readonly contextSize?: number | undefined;
}
