import { expect, it } from "vitest";

import type { Exchange } from "../../../src/server/transport/exchange.js";
import { Turns } from "../../../src/server/transport/turns.js";
import { collectingExchange, testConnection } from "../support/exchange.js";
import { until } from "../support/start.js";

const requestsOf = (name: string, count: number) => {
  const connection = testConnection();
  return Array.from({ length: count }, (_, i) => {
    const { exchange } = collectingExchange({
      method: "GET",
      path: `${name}${i + 1}`,
      headers: {},
      body: "",
    });
    return { ...exchange, connection, isGone: false };
  });
};

it("starts one request of each connection in turn, and none that has gone", async () => {
  const started: string[] = [];
  const turns = new Turns(({ path }: Exchange) => started.push(path));
  const [many, one, two] = [requestsOf("a", 5), requestsOf("b", 1), requestsOf("c", 2)];
  for (const request of [...many, ...one, ...two]) turns.add(request);
  expect(started).toEqual([]);
  for (const i of [1, 2]) Object.assign(many[i] ?? {}, { isGone: true });
  await until(() => started.length === 6, "all starts");
  expect(started).toEqual(["a1", "b1", "c1", "a4", "c2", "a5"]);
});

it("lets other work happen between turns", async () => {
  const started: string[] = [];
  const turns = new Turns(({ path }: Exchange) => started.push(path));
  for (const request of requestsOf("a", 1_000)) turns.add(request);
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    const look = () => {
      seen.push(started.length);
      if (started.length === 1_000) resolve();
      else setImmediate(look);
    };
    setImmediate(look);
  });
  expect(seen.length).toBeGreaterThan(1_000 / 16);
});
