import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Controlled, MachineFacts } from "../model/control.ts";
import type { Credentials } from "./access/credentials.ts";
import { readBody, send } from "./exchange.ts";
import { type Answer, busy, refusal } from "./protocol/answer.ts";
import { message } from "./protocol/messages.ts";
import { makeService, type Service } from "./service.ts";
import { refuseUnreadable } from "./unreadable.ts";

/** A BMC's Redfish service. */
export interface RedfishBmc {
  readonly facts: MachineFacts;
  /** Where it listens (TCP). */
  readonly socket: { readonly address: string; readonly port: number };
  readonly access: Credentials;
  /** PEM texts. */
  readonly tls: { readonly key: string; readonly certificate: string };
}

/** Bounds on what clients can take. All clients of one BMC share them, and other BMCs have their own. */
export interface Limits {
  /** Requests of a connection beyond this are refused with 503. */
  readonly connections: number;
  /** A connection beyond this is closed at once. */
  readonly refusedConnections: number;
  /** Likewise of one client's address, so that none can take all. */
  readonly connectionsOfAddress: number;
  /** Requests in progress on all connections: a client may send several without waiting for answers. */
  readonly requests: number;
  readonly handshakeTimeoutMs: number;
  /** Time for a request's headers, and for all of it. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Time between two requests of one connection. */
  readonly idleTimeoutMs: number;
}

export const LIMITS: Limits = {
  connections: 32,
  refusedConnections: 64,
  connectionsOfAddress: 16,
  requests: 64,
  handshakeTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  idleTimeoutMs: 15_000,
};

const MAX_HEADER_BYTES = 16 * 1024;
/** Longest silence of a connection in the midst of anything. */
const SILENCE_MS = 60_000;

/**
 * Serves Redfish over HTTPS for one BMC until the signal is aborted; then all connections are closed. Returns as soon as
 * it listens.
 * @throws if the socket can't be opened, or key and certificate are unusable.
 */
export async function serveRedfish(
  bmc: RedfishBmc,
  control: Controlled,
  signal: AbortSignal,
  limits: Limits = LIMITS,
): Promise<void> {
  signal.throwIfAborted();
  const service = makeService(bmc, control, { nowMs: () => performance.now(), ended: signal });
  const server = makeServer(bmc.tls, limits, service);
  const close = watchConnections(server, limits.connectionsOfAddress);
  signal.addEventListener("abort", close, { once: true });
  server.listen(bmc.socket.port, bmc.socket.address);
  try {
    await once(server, "listening", { signal });
  } catch (error) {
    signal.removeEventListener("abort", close);
    throw error;
  }
  // A connection that can't be accepted is lost; the others go on.
  server.on("error", () => {});
}

function makeServer({ key, certificate }: RedfishBmc["tls"], limits: Limits, service: Service): Server {
  const server = createServer({
    key,
    cert: certificate,
    minVersion: "TLSv1.2",
    handshakeTimeout: limits.handshakeTimeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs / 2),
  });
  server.setTimeout(SILENCE_MS);
  server.maxConnections = limits.refusedConnections;
  const isExcess = countConnections(server, limits.connections);
  const open = new Set<ServerResponse>();
  refuseUnreadable(server, (socket) => [...open].some(({ req }) => req.socket === socket && req.complete));
  server.on("request", async (request, response) => {
    const excess = open.size >= limits.requests || isExcess(request.socket);
    open.add(response);
    try {
      send(response, excess ? busy(CLOSE) : await answer(service, request));
    } catch {
      // Its client has gone.
      response.destroy();
    } finally {
      open.delete(response);
    }
  });
  return server;
}

const CLOSE = { Connection: "close" };

async function answer(service: Service, request: IncomingMessage): Promise<Answer> {
  const body = await readBody(request);
  if (body === undefined) {
    return refusal(413, [message("PayloadTooLarge", [])], CLOSE);
  }
  const { method = "", url = "", headers, socket } = request;
  return service({ method, url, headers, body, from: socket.remoteAddress ?? "" });
}

/** Returns a function that reports whether a connection was made when there were too many. */
function countConnections(server: Server, most: number): (socket: Duplex) => boolean {
  let connections = 0;
  const excess = new WeakSet<Duplex>();
  server.on("secureConnection", (socket) => {
    connections++;
    if (connections > most) {
      excess.add(socket);
    }
    socket.once("close", () => connections--);
  });
  return (socket) => excess.has(socket);
}

/**
 * Closes connections of addresses that have too many. Returns a function that closes the server, with connections that
 * have not even finished their handshake.
 */
function watchConnections(server: Server, mostOfAddress: number): () => void {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    const { remoteAddress: from } = socket;
    if ([...open].filter(({ remoteAddress }) => remoteAddress === from).length >= mostOfAddress) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return () => {
    server.close();
    for (const socket of open) {
      socket.destroy();
    }
  };
}
