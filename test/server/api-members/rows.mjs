// Every member of the requests that the API has, and what Cria does with it: the table in docs/protocol.md, and the requests with which
// the test beside this file shows that each row is true. `npm run docs` writes the table.
import { contentBlocks } from "./rows/content-blocks.mjs";
import { systemAndTools, turns } from "./rows/conversation.mjs";
import { nativeHeaders } from "./rows/native-headers.mjs";
import { settings, streamSettings } from "./rows/settings.mjs";
import { countTokens } from "./rows/count-tokens.mjs";

const converse = [...turns, ...contentBlocks, ...systemAndTools, ...settings];

/** @type {readonly import("./rows.mjs").Section[]} */
export const sections = [
  {
    title: "InvokeModel and InvokeModelWithResponseStream",
    operations: ["InvokeModel", "InvokeModelWithResponseStream"],
    rows: nativeHeaders,
  },
  { title: "Converse and ConverseStream", operations: ["Converse", "ConverseStream"], rows: converse },
  { title: "ConverseStream alone", operations: ["ConverseStream"], rows: streamSettings },
  { title: "CountTokens", operations: ["CountTokens"], rows: countTokens },
];
