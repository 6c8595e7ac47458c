import { Command } from "commander";
import { expect, test } from "vitest";

import {
  addObserveOptions,
  type ObserveOptions,
  observeSettings,
} from "../../../src/cli/commands/observe-options.js";

const parse = (...words: string[]) =>
  observeSettings(
    addObserveOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }))
      .parse(words, { from: "user" })
      .opts<ObserveOptions>(),
  );

test.each([
  [[], {}],
  [["--metrics"], { metrics: {} }],
  [["--metrics-port", "9464"], { metrics: { port: 9464 } }],
  [["--metrics", "--metrics-port", "0"], { metrics: { port: 0 } }],
  [["--metrics", "--metrics-auth", "keys"], { metrics: { auth: "keys" } }],
  [["--traces"], { traces: true }],
  [["--traces", "http://localhost:4318"], { traces: { endpoint: "http://localhost:4318" } }],
])("%j", (words, settings) => {
  expect(parse(...words)).toEqual(settings);
});

test.each([
  [["--metrics-auth", "keys"], /Add --metrics or --metrics-port/u],
  [["--metrics", "--metrics-auth", "no"], /Allowed choices are none, keys/u],
  [["--metrics-port", "70000"], /whole number from 0 to 65535/u],
  [["--traces", "http://user:secret@collector"], /^(?!.*secret).*without a user, a key/u],
  [["--traces", "http://collector/?key=secret"], /^(?!.*secret).*without a user, a key/u],
  [["--traces", "collector:4318"], /a URL such as http:\/\/localhost:4318/u],
])("%j is refused, with what is allowed", (words, message) => {
  expect(() => parse(...words)).toThrow(message);
});
