#!/usr/bin/env node
import { main } from "./main.js";
import { flushOutput } from "./output.js";

process.exitCode = await main(process.argv);
await flushOutput();
// an open handle, such as an idle connection or an unread pipe, must not keep a finished command alive
process.exit();
