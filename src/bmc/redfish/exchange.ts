import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Answer } from "./protocol/answer.ts";

/** Requests of clients have some hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024;
/**
 * A body that is too large is read up to this size before it is refused: the kernel resets a connection that is closed
 * with unread data, and its client might not see the answer.
 */
const MAX_DISCARDED_BYTES = 1024 * 1024;

/** Returns a request's body as text; undefined if it is too large, or its client has gone. */
export function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) {
        chunks.push(chunk);
      } else if (length > MAX_DISCARDED_BYTES) {
        resolve(undefined);
      }
    });
    request.on("end", () =>
      resolve(length <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString("utf8") : undefined),
    );
    request.on("error", () => resolve(undefined));
    request.on("close", () => resolve(undefined));
  });
}

/** Sends an answer. Node leaves out the body if the request was a HEAD. */
export function send(response: ServerResponse, answer: Answer): void {
  const { headers, text } = encoded(answer);
  response.writeHead(answer.status, headers);
  response.end(text);
}

/** Sends an answer where Node has none to fill in, because it could not read the request. The connection is closed. */
export function sendLast(socket: Duplex, answer: Answer): void {
  const { status } = answer;
  const { headers, text = "" } = encoded(answer);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "Connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
}

function encoded({ headers, body }: Answer) {
  const text = typeof body === "object" ? JSON.stringify(body) : body;
  return {
    text,
    headers: {
      "OData-Version": "4.0",
      // States change without our knowing, and answers may hold tokens.
      "Cache-Control": "no-store",
      ...(text === undefined
        ? {}
        : {
            "Content-Type": `application/${typeof body === "object" ? "json" : "xml"};charset=utf-8`,
            "Content-Length": Buffer.byteLength(text),
          }),
      ...headers,
    },
  };
}
