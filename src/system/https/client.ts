import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request as startRequest } from "node:https";
import type { Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { WebSocket } from "ws";
import { CommandError } from "../../errors.ts";
import { connectPinned, type SilentAddresses } from "./connect.ts";
import { formatServerAddress, type PinnedServer } from "./server.ts";

export interface HttpsRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query: `/1.0/instances?project=default`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpsBody;
  /** From the start to the end of the answer. */
  readonly timeoutMs: number;
  /** Limit on the answer's body; by default 16 MiB. */
  readonly maxBytes?: number;
}

export type HttpsBody = string | Uint8Array | { readonly stream: Readable; readonly sizeBytes: number };

export interface HttpsAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Connections to one server, which stay open for later requests while this process runs. */
export interface HttpsClient {
  /** The server's first address, for messages: `https://10.0.0.1:8443`. */
  readonly name: string;
  /**
   * Sends a request; an answer of any status is a result.
   * @throws CommandError if the server can't be reached, has another certificate, does not answer in time, or answers
   *   with too much.
   * @throws the reason of the host's interruption.
   */
  request(request: HttpsRequest): Promise<HttpsAnswer>;
  /**
   * Opens a WebSocket.
   * @throws CommandError as `request` does, or if the server refuses.
   */
  webSocket(path: string, options: WebSocketOptions): Promise<WebSocket>;
}

export interface WebSocketOptions {
  /** For its opening. */
  readonly timeoutMs: number;
  /** Called with each message, also those that follow its opening at once. */
  readonly onMessage: (data: Buffer, isBinary: boolean) => void;
}

/** An idle connection is closed after this long, before servers do so. */
const IDLE_MS = 15_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * @param interrupted when aborted, requests fail with its reason.
 * @param silent addresses that did not answer, which clients share.
 */
export function httpsClient(
  server: PinnedServer,
  interrupted?: AbortSignal,
  silent: SilentAddresses = new Map(),
): HttpsClient {
  const agent = new PinningAgent(server, silent);
  const [first] = server.addresses;
  const name = `https://${first === undefined ? "" : formatServerAddress(first)}`;
  const limited = async <T>(what: string, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>) => {
    interrupted?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    const limit = new AbortController();
    const abort = () => limit.abort();
    timeout.addEventListener("abort", abort);
    interrupted?.addEventListener("abort", abort);
    try {
      return await work(limit.signal);
    } catch (error) {
      interrupted?.throwIfAborted();
      if (timeout.aborted) {
        const why = `no answer within ${timeoutMs / 1000} s`;
        throw new CommandError(what, undefined, why, error, { timedOut: true });
      }
      throw error instanceof CommandError
        ? error
        : new CommandError(what, undefined, messageOf(error), error);
    } finally {
      timeout.removeEventListener("abort", abort);
      interrupted?.removeEventListener("abort", abort);
    }
  };
  return {
    name,
    request: (request) =>
      limited(`${request.method} ${name}${withoutSecret(request.path)}`, request.timeoutMs, (signal) =>
        send(agent, request, signal),
      ),
    webSocket: (path, { timeoutMs, onMessage }) =>
      limited(`WebSocket ${name}${withoutSecret(path)}`, timeoutMs, (signal) =>
        open(agent, path, onMessage, signal),
      ),
  };
}

/** Connects by the server's addresses, and gives no connection away before its certificate is known. */
class PinningAgent extends Agent {
  readonly #server: PinnedServer;
  readonly #silent: SilentAddresses;

  constructor(server: PinnedServer, silent: SilentAddresses) {
    super({ keepAlive: true, timeout: IDLE_MS });
    this.#server = server;
    this.#silent = silent;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    connectPinned(this.#server, this.#silent).then(
      (socket) => callback?.(null, socket),
      // Node's type demands a stream besides the error.
      (error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}

async function send(agent: Agent, request: HttpsRequest, signal: AbortSignal): Promise<HttpsAnswer> {
  const { method, path, body = "", headers = {}, maxBytes = MAX_ANSWER_BYTES } = request;
  const outgoing = startRequest({
    ...{ agent, host: "cluster", method, path, signal },
    headers: { ...headers, "content-length": sizeOf(body) },
  });
  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  const sent =
    typeof body === "object" && "stream" in body
      ? pipeline(body.stream, outgoing)
      : Promise.resolve(outgoing.end(body));
  // A server may answer, and close, before it has read the body.
  sent.catch(() => {});
  const [incoming] = await answered;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      outgoing.destroy();
      throw new CommandError(`${method} ${withoutSecret(path)}`, undefined, `more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return { status: incoming.statusCode ?? 0, headers: textHeaders(incoming), body: Buffer.concat(chunks) };
}

async function open(
  agent: Agent,
  path: string,
  onMessage: WebSocketOptions["onMessage"],
  signal: AbortSignal,
): Promise<WebSocket> {
  const socket = new WebSocket(`wss://cluster${path}`, { agent, perMessageDeflate: false });
  // Data comes as a Buffer unless another type is asked for.
  socket.on("message", (data, isBinary) => onMessage(data as Buffer, isBinary));
  // It reports an error for every reason for which it can't be opened, and one more when it is given up.
  socket.on("error", () => {});
  const abort = () => socket.terminate();
  signal.addEventListener("abort", abort);
  try {
    await once(socket, "open");
    return socket;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function sizeOf(body: HttpsBody): number {
  return typeof body === "string"
    ? Buffer.byteLength(body)
    : "stream" in body
      ? body.sizeBytes
      : body.byteLength;
}

function textHeaders({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

/** Secrets of WebSockets are part of their paths. */
function withoutSecret(path: string): string {
  return path.replace(/([?&]secret=)[^&]*/, "$1...");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
