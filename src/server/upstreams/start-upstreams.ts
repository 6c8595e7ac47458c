import { readFile } from "node:fs/promises";

import { REGION } from "../../bedrock/index.js";
import type { CompletionsEngineOptions } from "../../engine/index.js";
import { startUpstream, type UpstreamEngine, type UpstreamNotices } from "../../fleet/index.js";
import { certificatesProblem, errorCode, serverUrlProblem } from "../../platform/index.js";
import { InvalidUpstreamError } from "../errors.js";
import { llamaModel } from "../model-map.js";
import { AmazonBedrock, type AmazonBedrockOptions, MAX_RETRIES } from "../passthrough/index.js";
import type { BedrockUpstream, ServeOptions, UpstreamServer } from "../serve-options.js";

/** Who answers for a model in place of this machine: an engine at another server, or Amazon, which gets the whole request. */
export type ModelUpstream = UpstreamEngine | AmazonBedrock;

/** An upstream as it was asked for, with the certificates that its file held. */
type AskedUpstream = CompletionsEngineOptions | AmazonBedrockOptions;

/** A model's upstreams as they were asked for, checked. */
export type AskedUpstreams = ReadonlyMap<string, readonly AskedUpstream[]>;

/**
 * Checks what can be known of the upstreams before any is connected to, and reads the certificates that they are to be trusted by.
 *
 * @returns those of each model, by its own id
 * @throws {UnknownModelIdError} there is no such model.
 * @throws {InvalidUpstreamError} a URL, a region or a number isn't one, or a file of certificates can't be used.
 */
export async function checkUpstreams(upstreams: ServeOptions["upstreams"] = {}): Promise<AskedUpstreams> {
  const checked = new Map<string, readonly AskedUpstream[]>();
  for (const [name, asked] of Object.entries(upstreams)) {
    const { id } = llamaModel(name);
    const all = isList(asked) ? asked : [asked];
    if (all.length === 0)
      throw new InvalidUpstreamError(name, "there is none: name one, or leave the model out");
    if (checked.has(id))
      throw new InvalidUpstreamError(name, `${id} has upstreams by another form of its id`);
    for (const each of all) {
      if ("bedrock" in each) checkBedrock(name, each);
      else checkServer(name, each);
    }
    checked.set(id, await Promise.all(all.map((each) => withCertificates(name, each))));
  }
  return checked;
}

/** Upstreams that were started, each by all that it was asked for. */
export type StartedUpstreams = Map<string, ModelUpstream>;

/**
 * Connects to the upstreams.
 *
 * @param notices - are called with sentences for the user: one is gone or back, or its model doesn't seem to be a Llama
 * @param started - those that run already: what is asked for in the same words, and trusted by the same certificates, is taken from there, and what is
 *   new is added
 */
export function startUpstreams(
  upstreams: AskedUpstreams,
  notices: UpstreamNotices,
  started: StartedUpstreams = new Map(),
): ReadonlyMap<string, readonly ModelUpstream[]> {
  const once = (asked: object, start: () => ModelUpstream): ModelUpstream => {
    const words = JSON.stringify(Object.entries(asked).sort());
    const known = started.get(words) ?? start();
    started.set(words, known);
    return known;
  };
  return new Map(
    [...upstreams].map(([id, asked]) => {
      const model = llamaModel(id);
      const start = (each: AskedUpstream): ModelUpstream =>
        "bedrock" in each
          ? // models in one region share its connections and credentials
            once(each, () => new AmazonBedrock(each, notices.onNotice))
          : once({ ...each, for: id }, () => startUpstream(model, each, notices));
      return [id, asked.map(start)];
    }),
  );
}

type Asked = NonNullable<ServeOptions["upstreams"]>[string];

function isList(asked: Asked): asked is readonly (UpstreamServer | BedrockUpstream)[] {
  return Array.isArray(asked);
}

function checkBedrock(modelId: string, { bedrock, retries = 0, endpoint, timeoutMs = 1 }: BedrockUpstream) {
  if (!REGION.test(bedrock))
    throw new InvalidUpstreamError(modelId, `"${bedrock}" isn't a region of AWS, such as us-west-2`);
  if (!Number.isInteger(retries) || retries < 0 || retries > MAX_RETRIES)
    throw new InvalidUpstreamError(modelId, `\`retries\` must be a whole number from 0 to ${MAX_RETRIES}`);
  if (!(timeoutMs > 0)) throw new InvalidUpstreamError(modelId, "`timeoutMs` must be more than 0");
  if (endpoint !== undefined) checkUrl(modelId, "endpoint", endpoint);
}

/** What a bearer token has (RFC 6750), and the other visible characters of ASCII. */
const KEY = /^[\x21-\x7e]+$/u;

function checkServer(modelId: string, { url, key }: UpstreamServer): void {
  checkUrl(modelId, "url", url);
  if (key !== undefined && !KEY.test(key)) {
    const problem =
      "`key` must be the key and nothing else: letters, digits and marks of ASCII, without spaces";
    throw new InvalidUpstreamError(modelId, problem);
  }
}

function checkUrl(modelId: string, name: string, url: string): void {
  const problem = serverUrlProblem(url);
  if (problem !== undefined) throw new InvalidUpstreamError(modelId, `\`${name}\` ${problem.words}`);
}

async function withCertificates(
  modelId: string,
  { caFile, ...asked }: UpstreamServer | BedrockUpstream,
): Promise<AskedUpstream> {
  if (caFile === undefined) return asked;
  const ca = await readFile(caFile, "utf8").catch((error: unknown) => {
    throw new InvalidUpstreamError(modelId, `\`caFile\` ${caFile} can't be read (${errorCode(error)})`);
  });
  const problem = certificatesProblem(ca);
  if (problem !== undefined) throw new InvalidUpstreamError(modelId, `\`caFile\` ${caFile} ${problem}`);
  return { ...asked, ca };
}
