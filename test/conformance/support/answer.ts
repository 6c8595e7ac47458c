/** A call that a client is to make. */
export interface Call {
  readonly operation: string;
  readonly input: Input;
  /** Events after which the program leaves the stream, as programs in its language do. */
  readonly stopAfter?: number | undefined;
}

/** The inputs of all operations; each uses its own members. */
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

/** A client's report of a call: its events in order, and how it ended. */
export interface Answer {
  /** Undefined if the operation has no stream. */
  readonly events?: readonly StreamEvent[];
  /** Undefined if the call failed. */
  readonly output?: Output;
  readonly error?: Failure;
  /** The number of retries that the SDK reports; undefined if it reports none. */
  readonly retries?: number;
}

/** As the SDK presents it to its user. */
export interface Failure {
  /** AWS's name of the exception; for other errors, the class. */
  readonly name: string;
  /** Undefined if the SDK doesn't report it. */
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

/** The outputs of all operations; each has its own members. */
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

/** Exactly one member is set: `chunk` for InvokeModel, another one for Converse. */
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
