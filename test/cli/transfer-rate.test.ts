import { expect, it } from "vitest";

import { TransferRate } from "../../src/cli/transfer-rate.js";

it("gives the rate and the time left", () => {
  const rate = new TransferRate();
  expect(rate.update(0, 100e6, 0)).toBe("");
  expect(rate.update(5e6, 100e6, 500)).toBe("");
  expect(rate.update(20e6, 100e6, 2000)).toBe("10 MB/s, 8 s left");
});

it("doesn't count bytes that an earlier run downloaded", () => {
  const rate = new TransferRate();
  rate.update(7e9, 8e9, 0);
  expect(rate.update(7.01e9, 8e9, 1000)).toBe("10 MB/s, 2 min left");
});

it("follows a network that changes, and is empty while the transfer stalls", () => {
  const rate = new TransferRate();
  for (let second = 0; second <= 20; second++) rate.update(second * 50e6, 10e9, second * 1000);
  let said = "";
  for (let second = 21; second <= 60; second++)
    said = rate.update(1e9 + (second - 20) * 1e6, 10e9, second * 1000);
  expect(said).toBe("1 MB/s, 2.5 h left");
  for (let second = 61; second <= 90; second++) said = rate.update(1.04e9, 10e9, second * 1000);
  expect(said).toBe("");
});

it("starts again with the next file", () => {
  const rate = new TransferRate();
  rate.update(0, 100e6, 0);
  rate.update(50e6, 100e6, 1000);
  expect(rate.update(0, 100e6, 2000)).toBe("");
});
