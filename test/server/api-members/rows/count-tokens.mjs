import { INFERRED } from "./known.mjs";

const messages = [{ role: "user", content: [{ text: "Hi" }] }];

/** What CountTokens has besides a conversation's members. @type {readonly import("../rows.mjs").Row[]} */
export const countTokens = [
  {
    member: "modelId",
    does: "used",
    cases: [
      { sends: {}, answers: '{"inputTokens":' },
      {
        when: "no Llama model",
        sends: {},
        model: "meta.llama9",
        refusal: { message: "The provided model identifier is invalid.", known: "recorded" },
      },
    ],
  },
  {
    member: "input.invokeModel.body",
    does: "used",
    cases: [
      {
        sends: { input: { invokeModel: { body: btoa('{"prompt":"one two"}') } } },
        answers: '"inputTokens":2',
      },
      {
        when: "beside `converse`",
        sends: { input: { invokeModel: { body: btoa('{"prompt":"one"}') }, converse: { messages } } },
        refusal: {
          message:
            "CountTokensInput object at input can only set one of the following keys: invokeModel, converse.",
          known: INFERRED,
        },
      },
    ],
  },
  {
    member: "input.converse",
    below: true,
    does: "used",
    note: "each member as in Converse",
    cases: [{ sends: { input: { converse: { messages } } }, answers: '"inputTokens":' }],
  },
];
