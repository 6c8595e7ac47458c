import { setTimeout as sleep } from "node:timers/promises";

import { expect, test } from "vitest";

import { WaitingLine } from "../../../../src/engine/llama-cpp/child/waiting-line.js";

function lineOf(...waits: readonly number[]) {
  const late: number[] = [];
  const line = new WaitingLine<{ readonly id: number }>(({ id }) => late.push(id));
  for (const [id, ms] of waits.entries()) line.add({ id }, ms);
  return { line, late };
}

test("who may wait for months isn't sent away at once", async () => {
  const { line, late } = lineOf(1, Infinity, 1e12, 20_000);
  await sleep(30);
  expect(late).toEqual([0]);
  expect([0, 1, 2, 3].map((id) => line.remove(id))).toEqual([false, true, true, true]);
});

test("first come, first served, until one can't be; who was served isn't late any more", async () => {
  const { line, late } = lineOf(10, 10, 10);
  const asked: number[] = [];
  line.serve(({ id }) => {
    asked.push(id);
    return id < 1;
  });
  expect(asked).toEqual([0, 1]);
  await sleep(30);
  expect(late).toEqual([1, 2]);
});
