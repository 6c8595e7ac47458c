// Asks a server for its health: `node health-check.mjs [URL]`. Exits with 0 if it answers 200, else with 1, and says what it got.
// Images have no curl.
import { request } from "node:http";

/** Less than the time-out of the image's HEALTHCHECK, so that the reason is printed. */
const TIMEOUT_MS = 4_000;

const url = process.argv[2] ?? "http://127.0.0.1:2742/health/live";

/** Prints a line and sets the exit code; returning lets the line reach a pipe. */
function end(code, line) {
  console.log(line);
  process.exitCode = code;
}

const asked = request(url, { signal: AbortSignal.timeout(TIMEOUT_MS), agent: false }, (response) => {
  let body = "";
  response.setEncoding("utf8");
  response.on("data", (text) => (body += text));
  response.on("error", (error) => end(1, `${url}: ${error.message}`));
  response.on("end", () =>
    end(response.statusCode === 200 ? 0 : 1, `${url}: ${response.statusCode} ${body}`),
  );
});
asked.on("error", (error) => end(1, `${url}: ${error.message}`));
asked.end();
