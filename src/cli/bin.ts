#!/usr/bin/env node
import { main } from "./main.js";

process.exitCode = await main(process.argv);
// whatever is still open (an idle connection, a pipe that nobody writes to) must not keep a finished command alive
process.exit();
