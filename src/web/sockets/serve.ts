import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { Refusal } from "../model/error.ts";
import { API_PATH, parametersIn } from "../service/paths.ts";
import type { Services } from "../service/services.ts";
import type { SocketRoute } from "./call.ts";
import { socketRoutes } from "./routes.ts";

const MAX_SOCKETS = 48;
/** Clients send keys, and text that is pasted. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** A client whose system does not answer within one more of these has gone. */
const PING_MS = 30_000;
/** Time for programs of consoles to end: they are killed a second after they are asked to. */
const END_MS = 5_000;
const GOING_AWAY = 1001;

/** Serves WebSockets of a server. `closed` resolves when all have ended, after `Services.ended`. */
export function serveSockets(
  server: Server,
  services: Services,
  describe: (error: unknown) => { readonly text: string },
): { readonly closed: Promise<void> } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const working = new Set<Promise<void>>();
  const serve = (socket: WebSocket, { route, parameters }: SocketMatch) => {
    const left = new AbortController();
    socket.on("close", () => left.abort());
    // The close follows.
    socket.on("error", () => {});
    keepAlive(socket);
    const call = {
      services,
      parameters,
      ended: AbortSignal.any([left.signal, services.ended]),
      describe: (error: unknown) => (error instanceof Refusal ? error.message : describe(error).text),
    };
    const work = route.serve(socket, call).catch(() => socket.terminate());
    working.add(work);
    void work.finally(() => working.delete(work));
  };
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => {});
    try {
      const match = admitted(request, services, sockets.clients.size);
      sockets.handleUpgrade(request, stream, head, (socket) => serve(socket, match));
    } catch (error) {
      refuse(stream, error);
    }
  });
  const closed = new Promise<void>((resolve) => {
    const end = async () => {
      await Promise.race([Promise.all(working), timeout(END_MS)]);
      for (const socket of sockets.clients) {
        socket.close(GOING_AWAY);
        socket.terminate();
      }
      resolve();
    };
    if (services.ended.aborted) {
      resolve();
    }
    services.ended.addEventListener("abort", () => void end(), { once: true });
  });
  return { closed };
}

interface SocketMatch {
  readonly route: SocketRoute;
  readonly parameters: Readonly<Record<string, string>>;
}

/** @throws Refusal */
function admitted(request: IncomingMessage, { gate, ended }: Services, open: number): SocketMatch {
  gate.checkHost(request.headers);
  // As a change: what comes on a socket may be one.
  gate.checkUser(request.headers, true);
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  for (const route of socketRoutes) {
    const parameters = parametersIn(`${API_PATH}${route.path}`, path);
    if (parameters !== undefined) {
      if (open >= MAX_SOCKETS || ended.aborted) {
        throw new Refusal(503, "busy", `there are ${open} consoles already; close one of them`);
      }
      return { route, parameters };
    }
  }
  throw new Refusal(404, "not-found", "there is no such WebSocket");
}

function refuse(stream: Duplex, error: unknown): void {
  const { status, kind, message } =
    error instanceof Refusal ? error : new Refusal(500, "bug", "the WebSocket could not be opened");
  const body = JSON.stringify({ error: { kind, message } });
  const head = [
    `HTTP/1.1 ${status} Refused`,
    "Connection: close",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  stream.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => stream.destroy());
}

function keepAlive(socket: WebSocket): void {
  let isAlive = true;
  socket.on("pong", () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, PING_MS);
  socket.on("close", () => clearInterval(timer));
}

function timeout(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
