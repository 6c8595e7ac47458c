import { expect, test } from "vitest";

import { llamaModels } from "../../../src/bedrock/index.js";
import { bitsPerWeight } from "../../../src/models/catalogue/quantizations.js";
import { partsOf } from "../../../src/models/catalogue/weights.js";
import {
  catalogue,
  familyFacts,
  UnknownModelError,
  weightBytes,
  weightsOf,
} from "../../../src/models/index.js";
import { normalName } from "../../../src/models/local/identify.js";

test("the catalogue has every Llama model that Bedrock offers or offered, in its order, with its family", () => {
  expect(catalogue.map(({ modelId, family }) => ({ id: modelId, family }))).toEqual(
    llamaModels.map(({ id, family }) => ({ id, family })),
  );
});

test.for(catalogue.map((weights) => [weights.modelId, weights] as const))(
  "%s: its facts are well-formed",
  ([, { quantizations, noWeightsReason, names, shape, family }]) => {
    expect(noWeightsReason === undefined).toBe(quantizations.length > 0);
    expect(names.map(normalName)).toEqual(names);
    expect(shape.vocabulary).toBe(familyFacts[family].vocabulary);
    expect(new Set(quantizations.map(({ quantization }) => quantization)).size).toBe(quantizations.length);
    for (const { quantization, repository, revision, files } of quantizations) {
      expect(bitsPerWeight(quantization)).toBeDefined();
      expect(repository).toMatch(/^[\w.-]+\/[\w.-]+$/u);
      if (revision !== undefined) expect(revision).toMatch(/^[0-9a-f]{40}$/u);
      for (const { path, sha256 } of files) {
        expect(path).toMatch(/\.gguf$/u);
        expect(path).toContain(quantization);
        if (sha256 !== undefined) expect(sha256).toMatch(/^[0-9a-f]{64}$/u);
      }
      const [first] = files;
      const stem = first?.path.replace(/-00001-of-\d{5}\.gguf$/u, "") ?? "";
      if (files.length > 1)
        expect(files.map(({ path }) => path)).toEqual(partsOf(stem, files.length).map(({ path }) => path));
    }
  },
);

test("no two files have the same checksum", () => {
  const sums = catalogue.flatMap(({ quantizations }) =>
    quantizations.flatMap(({ files }) => files.flatMap(({ sha256 }) => sha256 ?? [])),
  );
  expect(new Set(sums).size).toBe(sums.length);
  expect(sums.length).toBeGreaterThan(0);
});

/** Feed-forward lengths, and 1 if the output matrix is the embedding, else 2; from Meta's configurations. */
test.for([
  ["meta.llama2-13b-chat-v1", 13_824, 2],
  ["meta.llama2-70b-chat-v1", 28_672, 2],
  ["meta.llama3-8b-instruct-v1:0", 14_336, 2],
  ["meta.llama3-70b-instruct-v1:0", 28_672, 2],
  ["meta.llama3-1-405b-instruct-v1:0", 53_248, 2],
  ["meta.llama3-2-1b-instruct-v1:0", 8192, 1],
  ["meta.llama3-2-3b-instruct-v1:0", 8192, 1],
] as const)("%s: the parameters are the sum of its matrices", ([id, feedForward, matrices]) => {
  const { parameters, layers, embedding, keyValueHeads, headSize, vocabulary } = weightsOf(id).shape;
  const attention = 2 * embedding ** 2 + 2 * embedding * keyValueHeads * headSize;
  const layer = attention + 3 * embedding * feedForward + 2 * embedding;
  expect(layers * layer + embedding + matrices * vocabulary * embedding).toBe(parameters);
});

test.for([
  ["meta.llama4-scout-17b-instruct-v1:0", 48, 16],
  ["meta.llama4-maverick-17b-instruct-v1:0", 24, 128],
] as const)(
  "%s: the parameters are the sum of its matrices, experts included",
  ([id, expertLayers, experts]) => {
    const { parameters, layers, embedding, keyValueHeads, headSize, vocabulary } = weightsOf(id).shape;
    const attention = 2 * embedding ** 2 + 2 * embedding * keyValueHeads * headSize + 2 * embedding;
    const expert = 3 * embedding * 8192;
    const mixed = (experts + 1) * expert + experts * embedding;
    const dense = (layers - expertLayers) * 2 * expert;
    const text = layers * attention + expertLayers * mixed + dense + embedding + 2 * vocabulary * embedding;
    expect(Math.abs(text / parameters - 1)).toBeLessThan(0.0001);
  },
);

test("sizes on the hub are within 13 % of parameters times bits per weight", () => {
  for (const { quantizations, shape } of catalogue) {
    for (const choice of quantizations) {
      const estimate = (shape.parameters * (bitsPerWeight(choice.quantization) ?? 0)) / 8;
      expect(Math.abs(weightBytes(choice, shape) / estimate - 1), choice.repository).toBeLessThan(0.13);
    }
  }
});

test("a model is found in any form of its id", () => {
  const weights = weightsOf("meta.llama3-1-8b-instruct-v1:0");
  expect(weightsOf("us.meta.llama3-1-8b-instruct-v1:0")).toBe(weights);
  expect(weightsOf("arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1-8b-instruct-v1:0")).toBe(
    weights,
  );
  expect(() => weightsOf("meta.llama9")).toThrow(UnknownModelError);
});
