import { stat } from "node:fs/promises";

import { fileSize } from "../platform/index.js";

/*
 * A split model is a GGUF in several files, which llama.cpp's gguf-split names `NAME-00001-of-00003.gguf` and so on. llama.cpp
 * is given the first part and finds the others beside it.
 */

/** More parts than any model has: the largest Llama, unquantized, has 20. */
const MAX_PARTS = 1000;

/** The name of a part, counted from 1. */
export function partName(stem: string, part: number, count: number): string {
  const padded = (number: number) => String(number).padStart(5, "0");
  return `${stem}-${padded(part)}-of-${padded(count)}.gguf`;
}

/** Whether a name is that of a whole model's file, or of the first part of a split one. */
export function isFirstPart(name: string): boolean {
  const part = /-(\d{5})-of-\d{5}\.gguf$/u.exec(name)?.[1];
  return name.endsWith(".gguf") && (part === undefined || Number(part) === 1);
}

/** The files of a model. */
export interface ModelParts {
  /** The file, or all parts of a split model that are here, in order. */
  readonly parts: readonly string[];
  /** The size of all parts. */
  readonly bytes: number;
  /** A text that changes when the first file changes. */
  readonly key: string;
}

/**
 * Finds the files of a model by its only file or its first part.
 *
 * @throws the system's error if that file cannot be read
 */
export async function modelParts(path: string): Promise<ModelParts> {
  const { size, mtimeMs } = await stat(path);
  const key = `${path} ${size} ${mtimeMs}`;
  const [, stem, count = ""] = /^(.*)-00001-of-(\d{5})\.gguf$/u.exec(path) ?? [];
  const parts = [path];
  let bytes = size;
  if (stem !== undefined && Number(count) <= MAX_PARTS) {
    for (let part = 2; part <= Number(count); part++) {
      const next = partName(stem, part, Number(count));
      const nextBytes = await fileSize(next);
      if (nextBytes === undefined) break;
      parts.push(next);
      bytes += nextBytes;
    }
  }
  return { parts, bytes, key };
}
