import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ListenAddress } from "../../system/listen-address.ts";
import { matchingRoutes, type Route } from "../api/route.ts";
import { failure, sendAnswer } from "../exchange/answer.ts";
import { readJson } from "../exchange/body.ts";
import { type PageFiles, sendFile } from "../exchange/files.ts";
import { Refusal } from "../model/error.ts";
import { API_PATH } from "../service/paths.ts";
import type { Services } from "../service/services.ts";
import type { SocketRoute } from "../sockets/call.ts";
import { socketRoutes } from "../sockets/routes.ts";
import { serveSockets } from "../sockets/serve.ts";
import { openApi } from "./openapi.ts";

/** A failure as the user is told of it. */
export interface DescribedFailure {
  readonly kind: string;
  readonly text: string;
  readonly fix?: string | undefined;
}

export interface ServerOptions {
  readonly listen: ListenAddress;
  /** PEM texts; absent: without TLS. */
  readonly tls?: { readonly key: string; readonly certificate: string } | undefined;
  readonly files: PageFiles;
  readonly routes: readonly Route[];
  readonly describe: (error: unknown) => DescribedFailure;
  /** Returns what routes work with, for a server that listens on this port. */
  readonly services: (port: number) => Services;
}

/** A server that listens. */
export interface WebServer {
  readonly port: number;
  /** Resolves when all connections and programs of consoles have ended, after `Services.ended`. */
  readonly closed: Promise<void>;
}

const MAX_CONNECTIONS = 256;
const MAX_REQUESTS = 64;
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 15_000 };
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Serves the page and the API until `Services.ended` is aborted. Returns as soon as it listens.
 * @throws if the socket can't be opened, or key and certificate are unusable.
 */
export async function serveWeb(options: ServerOptions): Promise<WebServer> {
  const { listen, tls } = options;
  const limits = { maxHeaderSize: MAX_HEADER_BYTES, ...TIMEOUTS };
  const server =
    tls === undefined
      ? createServer(limits)
      : createTlsServer({ ...limits, key: tls.key, cert: tls.certificate, minVersion: "TLSv1.2" });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(listen.port, listen.address);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const services = options.services(port);
  const handle = requestHandler(options, services, socketRoutes);
  server.on("request", (request, response) => void handle(request, response));
  const sockets = serveSockets(server, services, options.describe);
  return { port, closed: closed(server, services.ended, sockets.closed) };
}

async function closed(server: Server, ended: AbortSignal, sockets: Promise<void>): Promise<void> {
  if (!ended.aborted) {
    await once(ended, "abort");
  }
  server.close();
  await sockets;
  server.closeAllConnections();
  await (server.listening ? once(server, "close") : undefined);
}

function requestHandler(options: ServerOptions, services: Services, sockets: readonly SocketRoute[]) {
  const document = openApi(options.routes, sockets);
  let running = 0;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on("error", () => {});
    running += 1;
    try {
      if (running > MAX_REQUESTS) {
        throw new Refusal(503, "busy", "too many requests at a time", { "Retry-After": "1" });
      }
      services.gate.checkHost(request.headers);
      const path = pathOf(request);
      if (path.startsWith("/api/")) {
        await answerApi({ ...options, services, document }, path, request, response);
      } else {
        answerPage(options.files, path, request, response);
      }
    } catch (error) {
      await sendFailure(response, error, options.describe);
    } finally {
      running -= 1;
    }
  };
}

/** Returns the path alone: no route has a query. */
function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0] ?? "";
}

function answerPage(
  files: PageFiles,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const file = files.get(path);
  if (file === undefined) {
    throw new Refusal(404, "not-found", "there is no such page");
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new Refusal(405, "method", "a page can only be read", { Allow: "GET, HEAD" });
  }
  sendFile(request, response, file);
}

async function answerApi(
  { services, routes, document }: Pick<ServerOptions, "routes"> & { services: Services; document: object },
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { gate, ended } = services;
  const matches = matchingRoutes(routes, path);
  const match = matches.find(({ route }) => route.method === request.method);
  const isChange = request.method !== "GET";
  // Before the route is looked for, so that strangers do not learn what there is.
  if (match?.route.isOpen) {
    gate.checkOrigin(request.headers);
  } else {
    gate.checkUser(request.headers, isChange);
  }
  if (path === `${API_PATH}/openapi.json` && !isChange) {
    await sendAnswer(response, { kind: "json", body: document });
    return;
  }
  if (match === undefined) {
    const allowed = matches.map(({ route }) => route.method).join(", ");
    throw matches.length === 0
      ? new Refusal(404, "not-found", "there is no such path")
      : new Refusal(405, "method", `the methods of this path are ${allowed}`, { Allow: allowed });
  }
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const body = isChange ? await readJson(request) : {};
  const call = { services, parameters: match.parameters, body, ended: AbortSignal.any([gone.signal, ended]) };
  await sendAnswer(response, await match.route.run(call));
}

const STATUSES: Readonly<Record<string, number>> = {
  usage: 400,
  configuration: 409,
  "not-running": 409,
  requirements: 409,
  timeout: 504,
  interrupted: 503,
};

async function sendFailure(
  response: ServerResponse,
  error: unknown,
  describe: ServerOptions["describe"],
): Promise<void> {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (error instanceof Refusal) {
    await sendAnswer(response, failure(error));
    return;
  }
  const { kind, text, fix } = describe(error);
  await sendAnswer(
    response,
    failure({ kind, message: text, status: STATUSES[kind] ?? 500, headers: {} }, fix),
  );
}
