import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** A span as OTLP has it in JSON. */
export interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly kind: number;
  readonly status: { readonly code: number };
  readonly events: readonly { readonly name: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector of traces that remembers what it was sent. */
export interface Collector {
  readonly url: string;
  /** The spans so far. */
  readonly spans: readonly Span[];
  /** What it was sent, as text. */
  readonly text: () => string;
  /** The paths and headers of the requests. */
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  readonly resource: () => Readonly<Record<string, unknown>>;
}

interface Wire {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<Span, "attributes"> & { readonly attributes: readonly Attribute[] })[];
    }[];
  }[];
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface Value {
  readonly arrayValue?: { readonly values: readonly Value[] };
  readonly [kind: string]: unknown;
}

/** Starts a collector for OTLP over HTTP in JSON. @param answer - to each request; 200 if left out */
export async function startCollector(
  answer: (response: ServerResponse) => void = (response) => response.end("{}"),
): Promise<Collector> {
  const bodies: string[] = [];
  const spans: Span[] = [];
  const requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  let resource: Readonly<Record<string, unknown>> = {};
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString();
      bodies.push(body);
      requests.push({ path: request.url ?? "", headers: request.headers });
      for (const each of (JSON.parse(body) as Wire).resourceSpans) {
        resource = attributesOf(each.resource.attributes);
        for (const scope of each.scopeSpans) {
          for (const span of scope.spans) spans.push({ ...span, attributes: attributesOf(span.attributes) });
        }
      }
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    text: () => bodies.join("\n"),
    resource: () => resource,
  };
}

function attributesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain({ arrayValue, ...value }: Value): unknown {
  return arrayValue ? arrayValue.values.map(plain) : Object.values(value)[0];
}
