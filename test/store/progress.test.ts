import { expect, test, vi } from "vitest";

import { type Progress, ProgressMeter } from "../../src/store/index.js";

test("updates are limited to five a second; steps and the end are always reported", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1000);
  const reports: Progress[] = [];
  const meter = new ProgressMeter("model", (progress) => reports.push(progress));
  meter.step("begin", 0, 100);
  meter.update("too soon", 10, 100);
  now.mockReturnValue(1200);
  meter.update("in time", 20, 100);
  meter.step("next step");
  meter.finish("end", 100);
  meter.update("too late", 100, 100);
  now.mockRestore();
  expect(reports).toEqual([
    { what: "model", label: "begin", doneBytes: 0, totalBytes: 100, finished: false },
    { what: "model", label: "in time", doneBytes: 20, totalBytes: 100, finished: false },
    { what: "model", label: "next step", finished: false },
    { what: "model", label: "end", doneBytes: 100, totalBytes: 100, finished: true },
  ]);
});
