import type { defaultProvider } from "@aws-sdk/credential-provider-node";

import type { Notify } from "../../engine/index.js";
import { until } from "../../platform/index.js";
import type { Credentials } from "../../sigv4/index.js";
import { NoAmazonCredentialsError } from "../errors.js";

/** What a request to Amazon is authorized with: an API key, or keys that sign it. */
export type Authorization = { readonly apiKey: string } | { readonly keys: Credentials };

/** What finds the credentials. */
export interface CredentialsOptions {
  /** A profile in AWS' shared files. @default the SDK's choice */
  readonly profile: string | undefined;
  /** Where STS is asked for a role. */
  readonly region: string;
  /** Whether they are for Amazon itself, so that keys of Cria's own can't be meant. */
  readonly forAmazon: boolean;
  /** Called with a warning of the SDK's. */
  readonly onNotice: Notify;
}

/**
 * How long finding credentials may take: the SDK asks the machine's metadata service last, a second or two where there is none, and a single
 * sign-on or `credential_process` may take some. A caller is still there then.
 */
const FIND_MS = 15_000;

/** Keys that Cria makes or hands out have such ids, and its API keys begin like that. Amazon has never heard of them. */
const CRIAS_OWN = /^cria/iu;

/**
 * The AWS credentials of this process, found as the AWS SDK finds them: an API key in `AWS_BEARER_TOKEN_BEDROCK`, unless a profile is named; else
 * variables, profiles with single sign-on, roles and processes, web identities, containers, the machine's role. Kept, and renewed before they expire.
 */
export class AmazonCredentials {
  readonly #options: CredentialsOptions;
  #provider: Promise<ReturnType<typeof defaultProvider>> | undefined;
  #refused = false;

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  /** @throws {NoAmazonCredentialsError} there are none, or they can't be had. */
  async current(): Promise<Authorization> {
    const { profile } = this.#options;
    const apiKey = profile === undefined ? process.env["AWS_BEARER_TOKEN_BEDROCK"] : undefined;
    if (apiKey !== undefined && apiKey !== "" && !this.#isCrias(apiKey)) return { apiKey };
    const keys = await this.#find();
    if (this.#isCrias(keys.accessKeyId)) throw new NoAmazonCredentialsError(ADVICE, CRIAS_FOUND);
    return { keys };
  }

  /** Has them looked for again, since Amazon refused those that were found: whoever rotates keys may have written others by now. */
  renew(): void {
    this.#refused = true;
  }

  async #find(): Promise<Credentials> {
    const late = () => new Error(`Nothing was found within ${FIND_MS / 1000} s.`);
    try {
      const provider = await (this.#provider ??= this.#load());
      const found = provider(this.#refused ? { forceRefresh: true } : undefined);
      const keys = await until(found, Date.now() + FIND_MS, undefined, late);
      this.#refused = false;
      return keys;
    } catch (error) {
      throw new NoAmazonCredentialsError(ADVICE, this.#reason(error));
    }
  }

  /** Loaded when first needed: the SDK's chain takes as long to load as a small server to start. */
  async #load(): Promise<ReturnType<typeof defaultProvider>> {
    const { profile, region, onNotice } = this.#options;
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
    const ignore = () => undefined;
    return defaultProvider({
      ...(profile !== undefined && { profile }),
      clientConfig: { region },
      // read again when they are renewed
      ignoreCache: true,
      // without one the SDK writes to stderr
      logger: {
        trace: ignore,
        debug: ignore,
        info: ignore,
        warn: (words: string) => onNotice(words, "warn"),
        error: ignore,
      },
    });
  }

  /**
   * Why there are no credentials, in the SDK's words. Not of a program that failed (`credential_process`): its command line and its output may hold
   * secrets.
   */
  #reason(error: unknown): string {
    const profile = this.#options.profile ?? process.env["AWS_PROFILE"];
    const words = error instanceof Error ? error.message : "";
    const where = profile === undefined || words === "" ? "" : `Profile ${profile}: `;
    return where + (/command failed/iu.test(words) ? "its credential_process failed." : words);
  }

  #isCrias(id: string): boolean {
    return this.#options.forAmazon && CRIAS_OWN.test(id);
  }
}

const ADVICE =
  "Give Cria AWS credentials for Amazon Bedrock: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile (profile=NAME or AWS_PROFILE; if it has single sign-on, run `aws sso login`), " +
  "an API key in AWS_BEARER_TOKEN_BEDROCK, or a role of this machine.";

const CRIAS_FOUND =
  "Those in its environment are Cria's own, as in a shell with the lines of `cria serve`, or under `cria run`.";
