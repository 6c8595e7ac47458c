/** A completions server, as the file names it. */
export interface ServerSettings {
  readonly url: string;
  readonly model?: string;
  readonly dialect?: "vllm" | "llama-server" | "ollama" | "openai";
  readonly keyEnv?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly vision?: boolean;
  readonly streams?: number;
  readonly silenceMs?: number;
  readonly firstTokenMs?: number;
}

/** Amazon Bedrock in a region. */
export interface BedrockSettings {
  readonly bedrock: string;
  readonly profile?: string;
  readonly retries?: number;
  readonly endpoint?: string;
  readonly caFile?: string;
  readonly timeoutMs?: number;
}

export type UpstreamSettings = ServerSettings | BedrockSettings;

/** Where requests for a model go: one of the two is given. */
export interface ModelSettings {
  readonly upstream?: UpstreamSettings;
  /** Tried in this order. */
  readonly upstreams?: readonly UpstreamSettings[];
}

/** Files of a certificate and its key, or Cria's own certificate. */
export type TlsSettings = "self-signed" | { readonly certFile: string; readonly keyFile: string };

/** What stands in a configuration file that {@link configSchema} accepts. */
export interface ConfigSettings {
  readonly listen?: { readonly host?: string; readonly port?: number; readonly tls?: TlsSettings };
  readonly auth?: "none" | "keys";
  readonly keysFile?: string;
  readonly allowHosts?: readonly string[];
  readonly allowOrigins?: readonly string[];
  /** By the model's id, in any form. */
  readonly models?: Readonly<Record<string, ModelSettings>>;
  readonly modelMap?: Readonly<Record<string, string>>;
  readonly strict?: boolean;
  readonly strictIds?: boolean;
  readonly modelFile?: string;
  readonly as?: string;
  readonly small?: boolean;
  readonly preload?: readonly string[];
  /** In bytes, or a size such as `12GB`. */
  readonly memoryBudget?: number | string;
  readonly sequences?: number;
  readonly contextSize?: number;
  readonly kvCacheType?: "f16" | "q8_0";
  readonly threads?: number;
  readonly limits?: Readonly<Record<string, number>>;
  readonly log?: {
    readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
    readonly format?: "json" | "pretty";
  };
  readonly metrics?:
    boolean | { readonly port?: number; readonly host?: string; readonly auth?: "none" | "keys" };
  readonly traces?: boolean | { readonly endpoint?: string };
}
