import type { Logger } from "pino";

import type { RandomSource } from "../bedrock/index.js";
import type { Engine } from "../engine/index.js";
import type { StandInDownload } from "../fleet/index.js";
import type { OnProgress } from "../store/index.js";
import type { AuthMode } from "./access/index.js";
import type { FaultPlan, Fault } from "./faults/index.js";
import type { ServerLimits } from "./limits.js";
import type { TlsOptions } from "./reach/index.js";

/** A completions server. */
export interface UpstreamServer {
  /** Its URL, with or without `/v1` at the end. */
  readonly url: string;
  /** The model's name at the server. @default the only one that it has */
  readonly model?: string | undefined;
  /** What kind of server it is. @default it is asked */
  readonly dialect?: "vllm" | "llama-server" | "ollama" | "openai" | undefined;
  /** The bearer key that it wants. @default none */
  readonly key?: string | undefined;
  /** A file with the certificates, in PEM, one of which must have signed the server's. @default those that Node trusts */
  readonly caFile?: string | undefined;
  /**
   * Whether its model sees images, which then go to its chat endpoint. @default llama-server and Ollama are asked, vLLM is tried, others don't
   */
  readonly vision?: boolean | undefined;
  /** Generations at once; further requests wait. @default 256 */
  readonly streams?: number | undefined;
  /** Silence between two tokens after which a generation is given up, in ms. @default 60000 */
  readonly silenceMs?: number | undefined;
  /** The same before the first token, while the server may have queued the request and evaluates its prompt. @default 300000 */
  readonly firstTokenMs?: number | undefined;
}

/** How `GET /metrics` is answered. */
export interface MetricsOptions {
  /** A port of its own, in plain HTTP; 0 picks a free one. @default the server's own port */
  readonly port?: number | undefined;
  /** Address to listen on with a port of its own. @default the server's `host` */
  readonly host?: string | undefined;
  /**
   * Whether a scraper needs a key: "keys" requires a signature or an API key, as of any other caller. With "none", the server's own port
   * answers callers on this machine alone, and a port of its own whoever reaches it.
   * @default "none"
   */
  readonly auth?: AuthMode | undefined;
}

/** Where traces are sent. */
export interface TracesOptions {
  /**
   * The collector's URL for OTLP over HTTP, with or without `/v1/traces` at the end, such as `http://localhost:4318`.
   * @default what the environment says: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, else OTEL_EXPORTER_OTLP_ENDPOINT, else `http://localhost:4318`
   */
  readonly endpoint?: string | undefined;
}

/**
 * Amazon Bedrock itself. Requests are signed with the credentials of this process, as the AWS SDK finds them, and passed on; what comes back isn't changed.
 */
export interface BedrockUpstream {
  /** The region, such as `us-west-2`. */
  readonly bedrock: string;
  /** The profile with the credentials, in AWS' shared files. @default an API key in AWS_BEARER_TOKEN_BEDROCK, else the SDK's choice */
  readonly profile?: string | undefined;
  /**
   * How often a request is sent again that found no connection, or got an answer of 429, 500, 502, 503 or 504, before that answer is passed back, 0 to 10. SDKs
   * send such requests again themselves.
   * @default 0
   */
  readonly retries?: number | undefined;
  /** Another endpoint, such as that of a VPC. @default https://bedrock-runtime.REGION.amazonaws.com */
  readonly endpoint?: string | undefined;
  /** A file with the certificates, in PEM, one of which must have signed the endpoint's. @default those that Node trusts */
  readonly caFile?: string | undefined;
  /** How long Amazon may say nothing before its answer and within it, in ms. @default 600000 */
  readonly timeoutMs?: number | undefined;
}

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Address to listen on. @default "127.0.0.1" */
  readonly host?: string | undefined;
  /** Port to listen on; 0 picks a free one. @default 0 */
  readonly port?: number | undefined;
  /**
   * Whether callers need a key: "none" accepts every request, "keys" requires a signature or an API key.
   * @default "none" if `host` is reachable from this machine only, else "keys"
   */
  readonly auth?: AuthMode | undefined;
  /**
   * Names of this server that requests may have in their `Host` header where callers need no key, besides IP addresses, `localhost`,
   * `host.docker.internal`, this machine's name, `host` and the certificate's names. `*.` at the start stands for any name below.
   * Without this check, any web page could call the server by a name of its own that resolves to this machine.
   * @default none
   */
  readonly allowHosts?: readonly string[] | undefined;
  /**
   * The origins whose web pages may call, such as `https://app.example.com`; `*` for all, if callers need a key.
   * @default none: a request that a web page sends is refused
   */
  readonly allowOrigins?: readonly string[] | undefined;
  /** The key file, read in addition to the keys in the environment. @default keys.json in Cria's folder */
  readonly keysFile?: string | undefined;
  /**
   * Serve TLS in addition to plain HTTP, on the same port: with the certificate and key given here, in PEM, or with Cria's own
   * certificate. Cria makes its own once, for `localhost`, the loopback addresses and `host`, and stores it in its folder.
   * @default plain HTTP only
   */
  readonly tls?: TlsOptions | undefined;

  /** The engine that answers; the caller closes it. @default the local model, which the server closes */
  readonly engine?: Engine | undefined;
  /**
   * A GGUF file to answer with: for the model that `as` names, and as the stand-in for every model whose weights aren't installed.
   * @default the model that was chosen for Cria's folder, or is chosen and downloaded on first use (docs/models.md)
   */
  readonly modelFile?: string | undefined;
  /** The id, in any form, of the Bedrock model whose weights `engine` or `modelFile` holds. @default none: it is a stand-in */
  readonly as?: string | undefined;
  /**
   * Let the small model stand in (98 MB), whatever was chosen for Cria's folder: for tests, where an answer needn't be right. Not with `strict`,
   * `modelFile` or `engine`.
   * @default false
   */
  readonly small?: boolean | undefined;
  /**
   * Who answers in place of this machine: completions servers (vLLM, llama-server, Ollama, any with OpenAI's `/v1/completions`) or Amazon Bedrock itself, each for the
   * model whose id, in any form, is its name here. Of several for one model the next is asked when those before can't take a request; once one answers, nobody
   * else does. If none can, the request is refused. No stand-in is loaded before it is needed.
   * @default none
   */
  readonly upstreams?:
    | Readonly<
        Record<string, UpstreamServer | BedrockUpstream | readonly (UpstreamServer | BedrockUpstream)[]>
      >
    | undefined;
  /** Refuse requests that only a stand-in could answer. @default false */
  readonly strict?: boolean | undefined;
  /**
   * Refuse, as Bedrock does, to generate for the id or ARN of a model that can be called only through an inference profile in the
   * region that the request was signed for, or that the ARN names: nearly everywhere, every model newer than Llama 3. The program
   * must name a profile then, such as `us.meta.llama3-3-70b-instruct-v1:0`.
   * @default false
   */
  readonly strictIds?: boolean | undefined;
  /**
   * The id, in any form, of the Llama model behind each ARN that doesn't name one: that of an application inference profile, a
   * provisioned, imported or custom model, a deployment of a custom model, or a prompt router.
   * @default none: such an ARN is refused
   */
  readonly modelMap?: Readonly<Record<string, string>> | undefined;
  /** Estimated memory that all local models may use together, in bytes. @default three quarters of what this process may use */
  readonly memoryBudget?: number | undefined;
  /**
   * Models to load at the start, by any form of their ids; other models are loaded on first use.
   * @default the model that `as` names, else the stand-in if only it can answer
   */
  readonly preload?: readonly string[] | undefined;
  /** Concurrent generations for each local model. @default 4, or fewer if memory is short */
  readonly sequences?: number | undefined;
  /**
   * Context size of each sequence, in tokens. Where memory is short, some sequences hold half of it, and a request that may need more
   * waits for another one. @default 8192, or the model's own if that is smaller
   */
  readonly contextSize?: number | undefined;
  /**
   * How local models store keys and values: "q8_0" takes 53 % of the memory of "f16". Greedy answers may differ between the two.
   * @default "f16", or "q8_0" if memory is short and the model's head size is a multiple of 32
   */
  readonly kvCacheType?: "f16" | "q8_0" | undefined;
  /** Threads that a local model always computes with. @default one for each physical core, and fewer while other programs need the cores */
  readonly threads?: number | undefined;

  /**
   * Answer `GET /metrics` in Prometheus' text format (docs/observability.md lists the metrics): on the server's own port with `true`, or as
   * the options say.
   * @default off
   */
  readonly metrics?: true | MetricsOptions | undefined;
  /**
   * Send an OpenTelemetry span for each request to a collector: to the one that the environment names with `true`, or to `endpoint`. It
   * needs the packages `@opentelemetry/sdk-trace-base` and `@opentelemetry/exporter-trace-otlp-http` beside Cria.
   * @default off
   */
  readonly traces?: true | TracesOptions | undefined;
  /** The logger: one line for each request. @default no log */
  readonly logger?: Logger | undefined;
  /** Called with the progress of downloading engine and model. */
  readonly onProgress?: OnProgress | undefined;
  /**
   * Called with sentences about what is chosen for this machine: the model that stands in, what is downloaded for it, or why the small one
   * answers; the engine's build; and what is to be known of upstreams. The level is `warn` where somebody has to do something about an upstream, `info` for
   * what else there is to say of one. @default logged
   */
  readonly onNotice?: ((sentence: string, level?: "info" | "warn") => void) | undefined;
  /** Called when a model begins to be downloaded that was chosen to stand in; it can be given up for the small one. */
  readonly onStandInDownload?: ((download: StandInDownload) => void) | undefined;
  /** Called once, with the stand-in's name and the id of the other model, when it first answers in place of one. */
  readonly onStandIn?: ((name: string, modelId: string) => void) | undefined;
  /** Called with the name of an operation of Bedrock's that Cria lacks, at each request for one; it has been refused. */
  readonly onMissingOperation?: ((operation: string) => void) | undefined;
  /** Cancels the downloading and loading of the model: {@link CriaServer.ready} then throws `signal.reason`. No effect afterwards. */
  readonly signal?: AbortSignal | undefined;
  /** The random source for the length of each frame's padding; false for frames without padding. @default Math.random */
  readonly padding?: RandomSource | false | undefined;
  /** Faults to inject, to test how programs handle them; a plan can be changed while the server runs. @default none */
  readonly faults?: readonly Fault[] | FaultPlan | undefined;
  /** Limits that replace the defaults. */
  readonly limits?: Partial<ServerLimits> | undefined;
}

/** The options that {@link CriaServer.reconfigure} changes in a running server. */
export type ChangeableOptions = Pick<
  ServeOptions,
  | "allowHosts"
  | "allowOrigins"
  | "auth"
  | "keysFile"
  | "limits"
  | "modelMap"
  | "strict"
  | "strictIds"
  | "tls"
  | "upstreams"
>;
