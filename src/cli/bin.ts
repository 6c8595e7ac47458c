#!/usr/bin/env node
import { main } from "./main.js";

process.exitCode = await main(process.argv);
// an open handle, such as an idle connection or an unread pipe, must not keep a finished command alive
process.exit();
