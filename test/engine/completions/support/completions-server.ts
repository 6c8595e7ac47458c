import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the server got it. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** Answers a request for a generation. */
export type Answer = (response: ServerResponse, asked: Asked) => void | Promise<void>;

/** A server that says what a test tells it to, and remembers what it was asked. */
export interface CompletionsServer {
  readonly url: string;
  readonly asked: Asked[];
  /** Connections that were opened. */
  readonly connections: () => number;
  /** Those that are open. */
  readonly open: () => number;
  answer: Answer;
  close(): Promise<void>;
}

/** What it answers besides generations: JSON by path, or a function that answers. */
export type Pages = Readonly<Record<string, unknown>>;

export const vllmPages: Pages = {
  "/v1/models": { data: [{ id: "meta-llama/Llama-3.3-70B", owned_by: "vllm", max_model_len: 512 }] },
  "/health": {},
};

/** The same with a context so long that no prompt is counted first. */
export const roomyVllmPages: Pages = {
  ...vllmPages,
  "/v1/models": { data: [{ id: "meta-llama/Llama-3.3-70B", owned_by: "vllm", max_model_len: 131_072 }] },
};

/** Starts a server. @param answer - to what isn't in `pages` */
export async function startCompletionsServer(
  pages: Pages,
  answer: Answer,
  port = 0,
): Promise<CompletionsServer> {
  const asked: Asked[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      if (request.method === "GET") {
        const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
        if (typeof page === "function") {
          (page as (to: ServerResponse) => void)(response);
          return;
        }
        response.writeHead(page === undefined ? 404 : 200, { "content-type": "application/json" });
        response.end(JSON.stringify(page ?? { detail: "Not Found" }));
        return;
      }
      const text = Buffer.concat(chunks).toString();
      const one = { path, headers: request.headers, body: JSON.parse(text) as unknown };
      asked.push(one);
      void it.answer(response, one);
    });
  });
  let open = 0;
  server.on("connection", (socket) => {
    connections += 1;
    open += 1;
    socket.once("close", () => (open -= 1));
  });
  const it: CompletionsServer = {
    asked,
    answer,
    connections: () => connections,
    open: () => open,
    url: "",
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return Object.assign(it, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` });
}

/** A chunk as vLLM writes it. */
export function chunk(text: string, ids: readonly number[], more: object = {}): string {
  const { finish, strings, usage } = more as { finish?: string; strings?: string[]; usage?: object };
  return `data: ${JSON.stringify({
    choices: [
      {
        index: 0,
        text,
        token_ids: ids,
        logprobs: { tokens: strings ?? [text] },
        finish_reason: finish ?? null,
      },
    ],
    usage: { prompt_tokens: 5, completion_tokens: 1, ...usage },
  })}\n\n`;
}

/** An answer made of these texts, at once. */
export function events(...texts: readonly string[]): Answer {
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(texts.join(""));
  };
}

/** An answer without a stream. */
export function refusal(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

export const DONE = "data: [DONE]\n\n";
