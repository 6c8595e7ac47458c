import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { Agent, request as httpsRequest } from "node:https";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";

import { makeCertificate } from "../../../src/server/reach/make-certificate.js";
import { collect, pairs, type RawConnection, type Send, whole } from "./http.js";

/** A certificate for this machine, like the one that Cria stores. */
export const identity = await makeCertificate(["localhost", "127.0.0.1", "::1"]);

const ca = identity.cert;

/** Sends a request over TLS with HTTP/1.1, negotiated by ALPN. */
export const sendHttps: Send = (url, path, { method = "POST", headers = {}, body = "" } = {}) =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const agent = new Agent({ keepAlive: true, ca, ALPNProtocols: ["http/1.1"] });
    const request = httpsRequest({ hostname, port, path, method, headers, agent }, (response) => {
      collect(response)
        .then((bytes) => resolve(whole(response.statusCode ?? 0, pairs(response.rawHeaders), bytes)), reject)
        .finally(() => agent.destroy());
    });
    request.on("error", reject);
    request.end(body);
  });

/** Sends a request over TLS with HTTP/2, negotiated by ALPN. */
export const sendHttp2Tls: Send = (url, path, { method = "POST", headers = {}, body = "" } = {}) =>
  new Promise((resolve, reject) => {
    const session = connectHttp2(url, { ca });
    session.on("error", reject);
    const stream = session.request({ ":method": method, ":path": path, ...headers });
    stream.on("error", reject);
    stream.on("response", (received: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      collect(stream)
        .then((bytes) => resolve(whole(Number(received[":status"]), pairs(rawHeaders), bytes)), reject)
        .finally(() => session.close());
    });
    stream.end(body);
  });

/** Both, for tests that run once over each. */
export const tlsProtocols: readonly (readonly [string, Send])[] = [
  ["HTTP/1.1", sendHttps],
  ["HTTP/2", sendHttp2Tls],
];

/** A TLS connection after its handshake, with the bytes received so far. */
export interface SecureConnection extends RawConnection {
  readonly socket: TLSSocket;
}

/** @param options - TLS options; the server is trusted by default @throws the reason of a failed handshake */
export function openSecure(url: string, options: ConnectionOptions = {}): Promise<SecureConnection> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: hostname, port: Number(port), ca, ...options });
    const connection: SecureConnection = {
      socket,
      received: "",
      closed: new Promise((done) => socket.once("close", () => done())),
    };
    socket.on("data", (chunk: Buffer) => (connection.received += chunk.toString("latin1")));
    socket.on("error", reject);
    socket.once("secureConnect", () => resolve(connection));
  });
}
