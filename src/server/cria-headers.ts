import { BedrockException } from "../bedrock/index.js";

/** Response header: the name of the other model that answered; absent if the requested one did. */
const MODEL_HEADER = "x-cria-model";

/** Request header: `true` sends the prompt verbatim to a stand-in too. */
export const RAW_HEADER = "x-cria-raw";

/** Request header: the sampling seed, a whole number. The same seed gives the same answer. The native Llama body has no seed. */
const SEED_HEADER = "x-cria-seed";

/** llama.cpp's seed has 32 bits; the highest value means "random". */
const MAX_SEED = 0xffff_fffe;

/** A request's settings that only Cria has. */
export interface CriaHeaders {
  readonly raw: boolean;
  readonly seed: number | undefined;
}

/** @throws {BedrockException} `ValidationException`: a header has an invalid value. */
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

/** The response header that names another model than the requested one. @param name - undefined if that one answers */
export function modelHeader(name: string | undefined): readonly (readonly [string, string])[] {
  return name === undefined ? [] : [[MODEL_HEADER, headerText(name)]];
}

/** Percent-encodes the characters of a model's name that a header can't hold. */
function headerText(text: string): string {
  // by way of UTF-8: half of a surrogate pair can't be percent-encoded
  return text.replace(/[^\x20-\x7e]|%/gu, (each) => encodeURIComponent(Buffer.from(each).toString()));
}

function invalid(header: string, expected: string): BedrockException {
  return new BedrockException("ValidationException", `The header ${header} must be ${expected}.`);
}
