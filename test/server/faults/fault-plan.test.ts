import { describe, expect, it } from "vitest";

import { FaultPlan, type RequestFaults } from "../../../src/server/faults/fault-plan.js";
import type { Fault } from "../../../src/server/faults/fault.js";

const any = () => true;
const take = (faults: RequestFaults) => faults.take(any)?.kind;

describe("FaultPlan", () => {
  it("selects a fault for `count` requests, then for none", () => {
    const plan = new FaultPlan([{ kind: "cut", count: 2 }]);
    const struck = [1, 2, 3].map(() => take(plan.draw("InvokeModel")));
    expect(struck).toEqual(["cut", "cut", undefined]);
  });

  it("counts a fault only when it is injected, even if requests overlap", () => {
    const plan = new FaultPlan([{ kind: "cut", count: 1 }]);
    const [refused, first, second] = [plan.draw("A"), plan.draw("A"), plan.draw("A")];
    expect(refused.has(any)).toBe(true);
    expect([take(first), take(second), take(refused)]).toEqual(["cut", undefined, undefined]);
  });

  it("selects a fault for its operation only", () => {
    const plan = new FaultPlan([{ kind: "cut", operation: "Converse" }]);
    expect([take(plan.draw("InvokeModel")), take(plan.draw("Converse"))]).toEqual([undefined, "cut"]);
  });

  it("selects a fault for the share of requests in `rate`", () => {
    const drawn = [0, 0.19, 0.2, 0.99];
    const plan = new FaultPlan([{ kind: "cut", rate: 0.2 }], () => drawn.shift() ?? NaN);
    expect([1, 2, 3, 4].map(() => take(plan.draw("A")))).toEqual(["cut", "cut", undefined, undefined]);
  });

  it("selects several faults for one request, each once, in the given order", () => {
    const faults: Fault[] = [{ kind: "slow" }, { kind: "cut", after: 2 }];
    const drawn = new FaultPlan(faults).draw("A");
    expect(drawn.has(({ kind }) => kind === "cut")).toBe(true);
    expect([take(drawn), take(drawn), take(drawn)]).toEqual(["slow", "cut", undefined]);
  });

  it("replaces its faults", () => {
    const plan = new FaultPlan([{ kind: "cut" }]);
    plan.replace([{ kind: "stall", count: 1 }]);
    expect(plan.asked).toEqual([{ kind: "stall", count: 1 }]);
    expect([take(plan.draw("A")), take(plan.draw("A"))]).toEqual(["stall", undefined]);
  });
});
