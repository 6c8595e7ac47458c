import { BedrockException } from "../bedrock/index.js";

/** Names the stand-in that answered, in the response; absent where the model asked for did. */
export const STAND_IN_HEADER = "x-cria-model";

/** `true`: the prompt goes verbatim to a stand-in too. */
export const RAW_HEADER = "x-cria-raw";

/** A whole number: same seed, same answer. The native Llama body has no key for it. */
export const SEED_HEADER = "x-cria-seed";

/** llama.cpp's seed has 32 bits, and gives its highest value a meaning of its own ("random"). */
const MAX_SEED = 0xffff_fffe;

/** What a request asks of Cria that Bedrock has no words for. */
export interface CriaHeaders {
  readonly raw: boolean;
  readonly seed: number | undefined;
}

/** @throws {BedrockException} `ValidationException`: a header of Cria's says something else. */
export function readCriaHeaders(request: { header(name: string): string | undefined }): CriaHeaders {
  const raw = request.header(RAW_HEADER) ?? "false";
  if (raw !== "true" && raw !== "false") throw invalid(RAW_HEADER, "true or false");
  const seed = request.header(SEED_HEADER);
  if (seed === undefined) return { raw: raw === "true", seed };
  if (!/^\d{1,10}$/u.test(seed) || Number(seed) > MAX_SEED) {
    throw invalid(SEED_HEADER, `a whole number from 0 to ${MAX_SEED}`);
  }
  return { raw: raw === "true", seed: Number(seed) };
}

/** The header that names a stand-in. @param name - undefined where the model asked for answers */
export function standInHeader(name: string | undefined): readonly (readonly [string, string])[] {
  return name === undefined ? [] : [[STAND_IN_HEADER, headerText(name)]];
}

/** A model's name may hold any character, a header's value may not. */
function headerText(text: string): string {
  // by way of UTF-8: half of a surrogate pair can't be percent-encoded
  return text.replace(/[^\x20-\x7e]|%/gu, (each) => encodeURIComponent(Buffer.from(each).toString()));
}

function invalid(header: string, expected: string): BedrockException {
  return new BedrockException("ValidationException", `The header ${header} must be ${expected}.`);
}
