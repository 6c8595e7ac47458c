/**
 * llama.cpp's quantizations: the average bits per weight, as the README of `llama-quantize` gives them for Llama 3.1 8B, and
 * the number in a GGUF (`general.file_type`, `llama_ftype` in llama.h).
 */
const quantizations: Readonly<Record<string, { readonly bits: number; readonly fileType: number }>> = {
  F32: { bits: 32, fileType: 0 },
  F16: { bits: 16.0005, fileType: 1 },
  BF16: { bits: 16.0005, fileType: 32 },
  Q8_0: { bits: 8.5008, fileType: 7 },
  Q6_K: { bits: 6.5633, fileType: 18 },
  Q5_K_M: { bits: 5.7036, fileType: 17 },
  Q5_K_S: { bits: 5.5704, fileType: 16 },
  Q4_K_M: { bits: 4.8944, fileType: 15 },
  Q4_K_S: { bits: 4.6672, fileType: 14 },
  IQ4_NL: { bits: 4.6818, fileType: 25 },
  IQ4_XS: { bits: 4.4597, fileType: 30 },
  Q3_K_L: { bits: 4.2979, fileType: 13 },
  Q3_K_M: { bits: 3.996, fileType: 12 },
  Q3_K_S: { bits: 3.6429, fileType: 11 },
  IQ3_M: { bits: 3.7628, fileType: 27 },
  IQ3_S: { bits: 3.6606, fileType: 26 },
  IQ3_XS: { bits: 3.4977, fileType: 22 },
  IQ3_XXS: { bits: 3.2548, fileType: 23 },
  Q2_K: { bits: 3.1593, fileType: 10 },
  Q2_K_S: { bits: 2.9697, fileType: 21 },
  IQ2_M: { bits: 2.9294, fileType: 29 },
  IQ2_S: { bits: 2.7403, fileType: 28 },
  IQ2_XS: { bits: 2.5882, fileType: 20 },
  IQ2_XXS: { bits: 2.3824, fileType: 19 },
  IQ1_M: { bits: 2.146, fileType: 31 },
  IQ1_S: { bits: 2.0042, fileType: 24 },
};

/** Older quantizations, for which that README gives no bits per weight. */
const olderFileTypes: Readonly<Record<number, string>> = { 2: "Q4_0", 3: "Q4_1", 8: "Q5_0", 9: "Q5_1" };

const byFileType = new Map<number, string>([
  ...Object.entries(quantizations).map(([name, { fileType }]) => [fileType, name] as const),
  ...Object.entries(olderFileTypes).map(([fileType, name]) => [Number(fileType), name] as const),
]);

/** The average bits per weight of a quantization; undefined if it is unknown. */
export function bitsPerWeight(quantization: string): number | undefined {
  return Object.hasOwn(quantizations, quantization) ? quantizations[quantization]?.bits : undefined;
}

/** The name of a quantization by its number in a GGUF; undefined if it is unknown. */
export function quantizationOf(fileType: number): string | undefined {
  return byFileType.get(fileType);
}
