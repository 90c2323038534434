import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface TextService {
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
  /** The only path that has something: `/metrics`. */
  readonly path: string;
  readonly contentType: string;
  /** Called for each request; requests that come meanwhile get the same text. */
  readonly text: () => Promise<string>;
  /** Ends the service. */
  readonly interrupted: AbortSignal;
  /** Called with the port once it listens. */
  readonly onListening: (port: number) => void;
  /** Called with what `text` threw; the request gets a 503. */
  readonly onFailure: (error: unknown) => void;
}

/** Connections at a time: far more than scrapers have, far fewer than would hurt. */
const MOST_CONNECTIONS = 32;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Serves a text by HTTP until interrupted. It takes GET and HEAD without a body, and changes nothing.
 * @throws the system's error if it can't listen there.
 */
export async function serveText(service: TextService): Promise<void> {
  const { interrupted } = service;
  const text = shared(service.text);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    void answer(request, response, { ...service, text });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("close", resolve);
    server.listen(service.port, service.address, () => {
      service.onListening((server.address() as AddressInfo).port);
    });
    interrupted.addEventListener("abort", () => {
      server.close();
      server.closeAllConnections();
    });
  });
}

async function answer(
  { url, method }: IncomingMessage,
  response: ServerResponse,
  { path, contentType, text, onFailure }: TextService,
): Promise<void> {
  const say = (status: number, type: string, body: string) => {
    response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff" });
    response.end(method === "HEAD" ? undefined : body);
  };
  if (method !== "GET" && method !== "HEAD") {
    say(405, "text/plain", "only GET and HEAD\n");
  } else if (url?.split("?")[0] !== path) {
    say(404, "text/plain", `only ${path}\n`);
  } else {
    await text().then(
      (body) => say(200, contentType, body),
      (error: unknown) => {
        onFailure(error);
        say(503, "text/plain", "no answer; see the server's own messages\n");
      },
    );
  }
}

/** Returns a function whose callers share a run that is under way. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}
