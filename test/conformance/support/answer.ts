/** What a client is asked to do. */
export interface Call {
  readonly operation: string;
  readonly input: Input;
  /** Events after which the program leaves the stream, as programs in its language do. */
  readonly stopAfter?: number | undefined;
}

/** What an operation is called with; each takes its part of it. */
export interface Input {
  readonly modelId?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly messages?: readonly Message[];
  readonly system?: readonly { readonly text: string }[];
  readonly inferenceConfig?: {
    readonly maxTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
  };
  readonly additionalModelRequestFields?: Readonly<Record<string, unknown>>;
  readonly invokeModelBody?: string;
  readonly converse?: Pick<Input, "messages" | "system">;
  readonly modelIdentifier?: string;
  readonly inferenceProfileIdentifier?: string;
}

export interface Message {
  readonly role: string;
  readonly content: readonly { readonly text: string }[];
}

/** What a client says of a call: how it ended, and before that its events, in order. */
export interface Answer {
  /** Undefined where the operation has no stream. */
  readonly events?: readonly StreamEvent[];
  /** Undefined where the call failed. */
  readonly output?: Output;
  readonly error?: Failure;
  /** How often the SDK says that it asked again; undefined where it doesn't say. */
  readonly retries?: number;
}

/** As the SDK presents it to its user. */
export interface Failure {
  /** The exception as AWS names it; for what is none of AWS's, its class. */
  readonly name: string;
  /** Undefined where the SDK doesn't tell. */
  readonly status?: number;
  readonly message: string;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

export interface Metrics {
  readonly latencyMs: number;
}

/** Of every operation; each has its part of it. */
export interface Output {
  readonly body?: string;
  readonly contentType?: string;
  readonly output?: { readonly message: Message };
  readonly stopReason?: string;
  readonly usage?: Usage;
  readonly metrics?: Metrics;
  readonly inputTokens?: number;
  readonly modelIds?: readonly string[];
  readonly modelId?: string;
  readonly modelArn?: string;
  readonly providerName?: string;
  readonly inferenceProfileIds?: readonly string[];
  readonly inferenceProfileId?: string;
  readonly inferenceProfileArn?: string;
  readonly models?: readonly string[];
}

/** One of these; `chunk` is InvokeModel's, the others are Converse's. */
export interface StreamEvent {
  readonly chunk?: string;
  readonly messageStart?: { readonly role: string };
  readonly contentBlockDelta?: {
    readonly contentBlockIndex: number;
    readonly delta: { readonly text: string };
  };
  readonly contentBlockStop?: { readonly contentBlockIndex: number };
  readonly messageStop?: { readonly stopReason: string };
  readonly metadata?: { readonly usage: Usage; readonly metrics: Metrics };
}
